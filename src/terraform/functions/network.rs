//! IP network functions.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::value::{Value, Why};

use super::call::Parameter::{Number, Text as Str};
use super::call::{Call, Failure, Function, Outcome};
use super::conversion::list_of;

pub(super) fn find(name: &str) -> Option<Function> {
    Some(match name {
        "cidrhost" => Function::new(&[Str, Number], host),
        "cidrnetmask" => Function::new(&[Str], net_mask),
        "cidrsubnet" => Function::new(&[Str, Number, Number], subnet),
        "cidrsubnets" => Function::variadic(&[Str], Number, subnets),
        _ => return None,
    })
}

/// An address range: the first address and the number of leading bits that are fixed.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    prefix: u32,
    bits: u32,
}

impl Network {
    fn parse(text: &str) -> Result<Self, Failure> {
        let invalid = || Failure::Error(format!("{text:?} is not a CIDR prefix"));
        let (address, prefix) = text.split_once('/').ok_or_else(invalid)?;
        let prefix: u32 = prefix.parse().map_err(|_| invalid())?;
        // Leading zeros in a part are accepted and mean nothing, as in Terraform.
        let plain: Vec<&str> = address.split('.').map(|part| part.trim_start_matches('0')).collect();
        let plain: Vec<&str> = plain.into_iter().map(|part| if part.is_empty() { "0" } else { part }).collect();
        let address = if address.contains(':') { address.to_owned() } else { plain.join(".") };
        let (address, bits) = match address.parse().map_err(|_| invalid())? {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
            IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some() => {
                return Err(Failure::Unknown(Why::Unsupported("an IPv4 address in IPv6".into())));
            }
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        if prefix > bits {
            return Err(invalid());
        }
        Ok(Self { address: address & !low_bits(bits - prefix), prefix, bits })
    }

    fn show_address(self, address: u128) -> String {
        if self.bits == 32 {
            Ipv4Addr::from(u32::try_from(address).unwrap_or(u32::MAX)).to_string()
        } else {
            Ipv6Addr::from(address).to_string()
        }
    }

    fn show(self) -> String {
        format!("{}/{}", self.show_address(self.address), self.prefix)
    }
}

/// The lowest `count` bits set.
fn low_bits(count: u32) -> u128 {
    1u128.checked_shl(count).map_or(u128::MAX, |bit| bit.wrapping_sub(1))
}

fn host(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call.str(0)?)?;
    let number = call.integer(1)?;
    let last = low_bits(network.bits - network.prefix);
    let distance = u128::from(number.unsigned_abs());
    // A negative number counts back from the end.
    let offset = if number < 0 { last.checked_sub(distance - 1) } else { Some(distance) };
    match offset {
        Some(offset) if offset <= last => Ok(Value::text(network.show_address(network.address | offset))),
        _ => Err(Failure::Error(format!("{} has no host number {number}", network.show()))),
    }
}

/// What Terraform makes of negative numbers means nothing.
fn not_negative() -> Failure {
    Failure::Unknown(Why::Unsupported("a negative number of bits or networks".into()))
}

fn net_mask(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call.str(0)?)?;
    if network.bits != 32 {
        return Err(Failure::error("only IPv4 has network masks"));
    }
    Ok(Value::text(network.show_address(low_bits(32) & !low_bits(32 - network.prefix))))
}

fn longer_prefix(network: Network, bits: i64) -> Result<u32, Failure> {
    if bits < 0 {
        return Err(not_negative());
    }
    let prefix = u32::try_from(bits).ok().and_then(|bits| network.prefix.checked_add(bits));
    prefix
        .filter(|&prefix| prefix <= network.bits)
        .ok_or_else(|| Failure::Error(format!("{} cannot be extended by {bits} bits", network.show())))
}

fn subnet(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call.str(0)?)?;
    let bits = call.integer(1)?;
    let prefix = longer_prefix(network, bits)?;
    let number = call.number(2)?;
    let digits = number.digits(10).ok_or_else(|| Failure::error("a whole number is required"))?;
    if number.is_negative() && !number.is_zero() {
        return Err(not_negative());
    }
    let fits = digits.parse::<u128>().ok().filter(|&number| number <= low_bits(prefix - network.prefix));
    let number = fits.ok_or_else(|| Failure::Error(format!("{bits} bits do not hold the network number {number}")))?;
    let shifted = number.checked_shl(network.bits - prefix).unwrap_or(0);
    Ok(Value::text(Network { address: network.address | shifted, prefix, ..network }.show()))
}

/// Networks one after the other, each at the next place that its own size allows.
fn subnets(call: &Call<'_>) -> Outcome {
    let network = Network::parse(call.str(0)?)?;
    if network.prefix == 0 {
        // What Terraform says: it takes the whole as having no room.
        return Err(Failure::Error(format!("{} has no room for networks", network.show())));
    }
    let full = || Failure::Error(format!("{} has no room for all of these", network.show()));
    let last = network.address | low_bits(network.bits - network.prefix);
    let mut next = Some(network.address);
    let mut result = Vec::new();
    for index in 1..call.arguments.len() {
        let bits = call.integer(index)?;
        if bits < 1 {
            return Err(Failure::error("each network must be longer by at least one bit"));
        }
        let prefix = longer_prefix(network, bits)?;
        let inside = low_bits(network.bits - prefix);
        let start = next.and_then(|next| next.checked_add(inside)).map(|up| up & !inside).ok_or_else(full)?;
        let end = start | inside;
        if end > last {
            return Err(full());
        }
        result.push(Value::text(Network { address: start, prefix, ..network }.show()));
        next = end.checked_add(1);
    }
    Ok(list_of(result))
}
