//! Who may assume roles.

pub(super) mod accounts;
pub(super) mod federation;
pub(super) mod github;
pub(super) mod principals;
pub(super) mod workload;

use crate::model::{Account, CarriedDocument, Purpose};

/// The trust policies of the code's roles.
fn trusts<'b, 'a>(account: &'b Account<'a>) -> impl Iterator<Item = &'b CarriedDocument<'a>> {
    account.documents().filter(|carried| carried.purpose == Purpose::Trust)
}
