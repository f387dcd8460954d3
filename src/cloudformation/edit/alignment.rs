//! Which items of a list stay when it becomes another.

/// Lists with more pairs of items to compare than this are compared place by place; no policy comes near.
const MAX_PAIRS: usize = 40_000;

/// What an item that stays counts; more than any likeness.
const SAME: u32 = 1_000;

/// What happens to an item, in the order of the lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// The old item stays.
    Keep(usize),
    /// The old item becomes the new one.
    Change(usize, usize),
    /// The old item goes.
    Remove(usize),
    /// The new item comes.
    Insert(usize),
}

/// The steps from one list to another. As many items as can stay in their order do (the longest common subsequence);
/// between them the most alike are changed into each other, as many as there are pairs, and the rest is removed or
/// inserted.
pub(super) fn align<T: PartialEq>(old: &[T], new: &[T], likeness: impl Fn(&T, &T) -> u32) -> Vec<Step> {
    let score = |item: &T, new_item: &T| {
        if item == new_item { SAME } else { likeness(item, new_item).clamp(1, SAME / 2) }
    };
    let mut steps = Vec::with_capacity(old.len().max(new.len()));
    let (mut from, mut new_from) = (0, 0);
    for (place, new_place) in pairs(old, new, score).into_iter().chain([(old.len(), new.len())]) {
        steps.extend((from..place).map(Step::Remove));
        steps.extend((new_from..new_place).map(Step::Insert));
        if let (Some(item), Some(new_item)) = (old.get(place), new.get(new_place)) {
            steps.push(if item == new_item { Step::Keep(place) } else { Step::Change(place, new_place) });
        }
        (from, new_from) = (place + 1, new_place + 1);
    }
    steps
}

/// The pairs of places, in order, whose scores are the most together.
fn pairs<T>(old: &[T], new: &[T], score: impl Fn(&T, &T) -> u32) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    if old.len().saturating_mul(new.len()) > MAX_PAIRS {
        return (0..old.len().min(new.len())).map(|place| (place, place)).collect();
    }
    // `best[i * width + j]`: the most that `old[i..]` and `new[j..]` can score; and the score of each pair.
    let mut best = vec![0u32; (old.len() + 1) * width];
    let mut scores = vec![0u32; (old.len() + 1) * width];
    let at = |table: &[u32], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for (i, item) in old.iter().enumerate().rev() {
        for (j, new_item) in new.iter().enumerate().rev() {
            let pair = score(item, new_item);
            let paired = pair + at(&best, i + 1, j + 1);
            let most = paired.max(at(&best, i + 1, j)).max(at(&best, i, j + 1));
            for (table, value) in [(&mut best, most), (&mut scores, pair)] {
                if let Some(cell) = table.get_mut(i * width + j) {
                    *cell = value;
                }
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < old.len() && j < new.len() {
        let most = at(&best, i, j);
        if most == at(&scores, i, j) + at(&best, i + 1, j + 1) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if most == at(&best, i + 1, j) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_can_stay_stays() {
        let align = |old: &[char], new: &[char]| align(old, new, |_, _| 1);
        assert_eq!(align(&['a', 'b', 'c'], &['a', 'c']), [Step::Keep(0), Step::Remove(1), Step::Keep(2)]);
        assert_eq!(align(&['a'], &['a', 'b']), [Step::Keep(0), Step::Insert(1)]);
        assert_eq!(align(&['a', 'b'], &['a', 'x', 'y']), [Step::Keep(0), Step::Change(1, 1), Step::Insert(2)]);
    }

    #[test]
    fn what_is_alike_is_changed() {
        let steps = align(&["a", "bcd", "e"], &["bc", "e"], |old, new| {
            u32::try_from(old.chars().filter(|c| new.contains(*c)).count()).unwrap()
        });
        assert_eq!(steps, [Step::Remove(0), Step::Change(1, 0), Step::Keep(2)]);
    }

    proptest! {
        #[test]
        fn following_the_steps_gives_the_new_list(old in "[abc]{0,8}", new in "[abc]{0,8}") {
            let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
            let mut next = 0;
            let mut built = Vec::new();
            for step in align(&old, &new, |_, _| 1) {
                match step {
                    Step::Keep(place) => built.push(old[place]),
                    Step::Change(_, place) | Step::Insert(place) => built.push(new[place]),
                    Step::Remove(_) => {}
                }
                if let Step::Keep(place) | Step::Change(place, _) | Step::Remove(place) = step {
                    prop_assert_eq!(place, next);
                    next += 1;
                }
            }
            prop_assert_eq!(next, old.len());
            prop_assert_eq!(built, new);
        }
    }
}
