//! The order in which the provider goes through blocks that are sets: that of a checksum of what they say. It shows
//! where several blocks have one name. Source: terraform-plugin-sdk v2, `HashResource` and `Set.List`.

use crate::value::{Kind, Value};

/// The blocks in the provider's order, those that say the same once. In the code's order where any is not known.
pub(super) fn ordered(blocks: &[Value], place: &dyn Fn(&Value) -> Option<String>) -> Vec<Value> {
    let places: Option<Vec<String>> = blocks.iter().map(place).collect();
    let Some(places) = places else { return blocks.to_vec() };
    let mut set: Vec<(String, &Value)> = places.into_iter().zip(blocks).collect();
    set.sort_by(|(a, _), (b, _)| a.cmp(b));
    set.dedup_by(|(a, _), (b, _)| a == b);
    set.into_iter().map(|(_, block)| block.clone()).collect()
}

/// The place of a `condition` block.
pub(super) fn condition(block: &Value) -> Option<String> {
    let values = ended(&texts(block.get("values")?)?);
    let (test, variable) = (text(block.get("test")?)?, text(block.get("variable")?)?);
    Some(checksum(&format!("test:{test};values:({values});variable:{variable};")))
}

/// The place of a `principals` or `not_principals` block.
pub(super) fn principal(block: &Value) -> Option<String> {
    let mut identifiers = texts(block.get("identifiers")?)?;
    identifiers.sort_by_cached_key(|text| checksum(&ended(std::slice::from_ref(text))));
    identifiers.dedup();
    let identifiers = ended(&identifiers);
    let kind = text(block.get("type")?)?;
    Some(checksum(&format!("identifiers:{{{identifiers}}};type:{kind};")))
}

fn text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Unknown(_) | Kind::OneOf(_) => None,
        _ => Some(value.to_text()?.as_str()?.to_owned()),
    }
}

/// The texts one after the other, each with a semicolon.
fn ended(texts: &[String]) -> String {
    let mut ended = texts.join(";");
    if !texts.is_empty() {
        ended.push(';');
    }
    ended
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_list()?.iter().map(text).collect()
}

/// The CRC-32 of IEEE 802.3 in decimal digits, by which the provider sorts as text.
fn checksum(text: &str) -> String {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let crc = text.bytes().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 })
    });
    (!crc).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(checksum("123456789"), 0xCBF4_3926u32.to_string());
    }
}
