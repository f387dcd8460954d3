//! Blocks `moved`: which resources and modules have another address than before.

use super::module::Module;
use crate::model::Move;
use crate::terraform::directory::{Block, BlockKind};
use crate::terraform::syntax::Kind as Syntax;

/// What a module says has moved in it, with addresses from the root.
pub(super) fn moves(module: &Module<'_>) -> Vec<Move> {
    let blocks = module.directory.blocks.iter().filter(|block| block.kind == BlockKind::Moved);
    let address = |block: &Block, name: &str| Some(format!("{}{}", module.path, address(block, name)?));
    blocks.filter_map(|block| Some(Move { from: address(block, "from")?, to: address(block, "to")? })).collect()
}

/// The address that an argument names: as it is written, since nothing in it is evaluated.
fn address(block: &Block, name: &str) -> Option<String> {
    let expression = block.body()?.get(name)?;
    let written = match &expression.kind {
        Syntax::Literal(text) => text.as_str()?,
        _ => block.file.slice(expression.span),
    };
    Some(written.split_whitespace().collect())
}
