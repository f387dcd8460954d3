//! What is open to everyone: policies, access control lists, functions, and what is shared.

pub(super) mod application;
pub(super) mod block;
pub(super) mod bucket;
pub(super) mod function;
pub(super) mod policy;
pub(super) mod resource;
pub(super) mod sharing;
