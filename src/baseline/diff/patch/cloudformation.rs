//! stub
use super::donor::There;
use super::{Changes, PatchError, Task};
pub(super) fn plan(_task: &Task<'_, '_>, _donor: &There<'_, '_>) -> Result<Changes, PatchError> { Ok(Changes::default()) }
