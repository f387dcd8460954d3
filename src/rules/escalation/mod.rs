//! Rights that become more rights.

mod report;
mod rules;

pub(super) use report::{passing_told, started_with};
pub(super) use rules::{
    BOUNDARY_NOT_REQUIRED, BOUNDARY_REMOVABLE, COMPUTE_ADMINISTRATOR, EXISTING_COMPUTE, IDENTITY_PROVIDER,
    OTHER_PRINCIPAL, OWN_PERMISSIONS, PASS_ROLE, PATH_TO_ADMINISTRATOR, PERMISSION_SET,
};
