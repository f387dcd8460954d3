//! Products of sets, one for each dimension of a request, and what is left when one is taken from another.

use super::bits::Bits;

/// A product of sets: one for each dimension.
pub(super) type Product = Vec<Bits>;

/// What a statement takes of each dimension; nothing said is everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut {
    /// Whether it takes nothing at all.
    pub(super) is_empty: bool,
    pub(super) sets: Vec<Option<Bits>>,
}

/// There are more products than the budget has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Exhausted;

/// How many products may still be made.
pub(super) struct Budget(pub(super) usize);

impl Budget {
    fn take(&mut self, products: usize) -> Result<(), Exhausted> {
        self.0 = self.0.checked_sub(products).ok_or(Exhausted)?;
        Ok(())
    }
}

impl Cut {
    /// What the cut takes of a product.
    pub(super) fn of(&self, product: &Product) -> Option<Product> {
        if self.is_empty {
            return None;
        }
        let mut inside = Vec::with_capacity(product.len());
        for (set, cut) in product.iter().zip(&self.sets) {
            let both = cut.as_ref().map_or_else(|| set.clone(), |cut| set.and(cut));
            if both.is_empty() {
                return None;
            }
            inside.push(both);
        }
        Some(inside)
    }

    fn meets(&self, product: &Product) -> bool {
        let apart = |(set, cut): (&Bits, &Option<Bits>)| cut.as_ref().is_some_and(|cut| !set.meets(cut));
        !self.is_empty && !product.iter().zip(&self.sets).any(apart)
    }

    /// What the cut leaves of a product: at most one product for each dimension that it is about, disjoint.
    fn leave(&self, mut product: Product, out: &mut Vec<Product>) {
        if !self.meets(&product) {
            out.push(product);
            return;
        }
        for (dimension, cut) in self.sets.iter().enumerate() {
            let (Some(cut), Some(set)) = (cut, product.get(dimension)) else { continue };
            let (inside, outside) = (set.and(cut), set.without(cut));
            if !outside.is_empty() {
                let mut piece = product.clone();
                if let Some(place) = piece.get_mut(dimension) {
                    *place = outside;
                }
                out.push(piece);
            }
            if let Some(place) = product.get_mut(dimension) {
                *place = inside;
            }
        }
    }
}

/// The products without what the cuts take.
pub(super) fn subtract<'a>(
    mut products: Vec<Product>,
    cuts: impl IntoIterator<Item = &'a Cut>,
    budget: &mut Budget,
) -> Result<Vec<Product>, Exhausted> {
    for cut in cuts {
        if products.is_empty() {
            break;
        }
        let mut left = Vec::with_capacity(products.len());
        for product in products {
            cut.leave(product, &mut left);
        }
        budget.take(left.len())?;
        products = left;
    }
    Ok(products)
}

/// What the cuts take of the products.
pub(super) fn intersect<'a>(
    products: &[Product],
    cuts: impl IntoIterator<Item = &'a Cut>,
    budget: &mut Budget,
) -> Result<Vec<Product>, Exhausted> {
    let mut inside = Vec::new();
    let mut left = products.to_vec();
    for cut in cuts {
        if left.is_empty() {
            break;
        }
        inside.extend(left.iter().filter_map(|product| cut.of(product)));
        left = subtract(left, [cut], budget)?;
        budget.take(inside.len())?;
    }
    Ok(inside)
}
