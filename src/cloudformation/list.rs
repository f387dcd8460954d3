//! Functions on lists: `Fn::Select`, `Fn::Length`, `Fn::Cidr`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::value::{Kind, List, ListKind, Value};

use super::evaluate::{Call, Evaluator, distribute, known_text, unknown_call};

/// `Fn::Cidr` gives at most as many blocks (AWS: "`Fn::Cidr`").
const MAX_BLOCKS: u32 = 256;

impl<'t> Evaluator<'t> {
    /// `Fn::Select`.
    pub(super) fn select(&mut self, call: &Call<'t>) -> Value {
        let operands: Vec<Value> = self.arguments(call).iter().map(|&node| self.value_or_null(node)).collect();
        distribute(&operands, &mut |operands| {
            let [index, list] = operands else { return unknown_call(call, operands) };
            let index = known_text(index).and_then(|text| text.as_str()?.parse::<usize>().ok());
            let found = index.and_then(|index| list.as_list()?.items().get(index));
            found.cloned().unwrap_or_else(|| unknown_call(call, operands))
        })
    }

    /// `Fn::Length`.
    pub(super) fn length(&mut self, call: &Call<'t>) -> Value {
        let operand = self.argument(call.argument).unwrap_or_else(Value::null);
        distribute(&[operand], &mut |operands| {
            let list = operands.first().and_then(Value::as_list);
            // An item that is one of several may be none at all.
            let certain = list.filter(|list| list.iter().all(|item| !item.alternatives().iter().any(Value::is_null)));
            let length = certain.and_then(|list| i64::try_from(list.len()).ok());
            length.map_or_else(|| unknown_call(call, operands), Value::integer)
        })
    }

    /// `Fn::Cidr`: blocks of `2^bits` addresses from the start of a range.
    pub(super) fn cidr(&mut self, call: &Call<'t>) -> Value {
        let operands: Vec<Value> = self.arguments(call).iter().map(|&node| self.value_or_null(node)).collect();
        distribute(&operands, &mut |operands| {
            let texts: Option<Vec<_>> = operands.iter().map(known_text).collect();
            let texts: Option<Vec<&str>> =
                texts.as_ref().map(|texts| texts.iter().filter_map(|text| text.as_str()).collect());
            let blocks = match texts.as_deref() {
                Some([range, count]) => blocks(range, count, None),
                Some([range, count, bits]) => blocks(range, count, Some(bits)),
                _ => None,
            };
            let Some(blocks) = blocks else { return unknown_call(call, operands) };
            let items = blocks.into_iter().map(|block| Value::text(block).at(call.span)).collect();
            Value::new(Kind::List(List::new(ListKind::List, items)), None)
        })
    }
}

fn blocks(range: &str, count: &str, bits: Option<&str>) -> Option<Vec<String>> {
    let (address, prefix) = range.split_once('/')?;
    let (address, width) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32u32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let host_bits = width.checked_sub(prefix.parse().ok()?)?;
    let count: u32 = count.trim().parse().ok().filter(|count| *count <= MAX_BLOCKS)?;
    let bits: u32 = bits.map_or(Some(host_bits), |bits| bits.trim().parse().ok())?;
    let network = address.checked_shr(host_bits).unwrap_or(0).checked_shl(host_bits).unwrap_or(0);
    let prefix = width.checked_sub(bits)?;
    let block = |index: u32| {
        let start = network.checked_add(u128::from(index).checked_mul(1u128.checked_shl(bits)?)?)?;
        let start = match width {
            32 => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(start).ok()?)),
            _ => IpAddr::V6(Ipv6Addr::from_bits(start)),
        };
        Some(format!("{start}/{prefix}"))
    };
    (0..count).map(block).collect()
}
