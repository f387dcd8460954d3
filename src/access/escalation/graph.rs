//! The shortest ways to administrator.

use std::collections::VecDeque;

use crate::iam::Surety;
use crate::model::PrincipalId;

use super::{Escalations, Gain, Walker};

/// Who can get to administrator, and by which step next.
#[derive(Debug)]
pub struct Graph<'e> {
    escalations: &'e Escalations,
    /// Steps away from administrator, by the principal's place; none where there is no way.
    distance: Vec<Option<usize>>,
    /// The step to take next.
    next: Vec<Option<usize>>,
}

/// A way from a principal to administrator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walk {
    /// Where it starts.
    pub from: PrincipalId,
    /// The steps, by their places among [`Escalations::steps`].
    pub steps: Vec<usize>,
}

impl<'e> Graph<'e> {
    /// Finds the shortest way of each principal, over steps that are at least likely.
    pub fn new(escalations: &'e Escalations) -> Self {
        let count = escalations.power.len();
        let mut graph = Self { escalations, distance: vec![None; count], next: vec![None; count] };
        let mut into: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut queue = VecDeque::new();
        for (index, power) in escalations.power.iter().enumerate() {
            if *power == super::Power::Administrator {
                graph.distance[index] = Some(0);
                queue.push_back(index);
            }
        }
        for (at, step) in escalations.steps.iter().enumerate() {
            let Walker::Principal(from) = step.from else { continue };
            if step.surety < Surety::Likely {
                continue;
            }
            match step.gain {
                Gain::Principal(to) => into[to.index()].push(at),
                Gain::Administrator if graph.distance[from.index()].is_none() => {
                    graph.distance[from.index()] = Some(1);
                    graph.next[from.index()] = Some(at);
                    queue.push_back(from.index());
                }
                Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => {}
            }
        }
        // Those who are administrator come first, so that what is found first is shortest.
        while let Some(reached) = queue.pop_front() {
            let further = graph.distance[reached].unwrap_or_default() + 1;
            for at in &into[reached] {
                let Some(Walker::Principal(from)) = escalations.steps.get(*at).map(|step| step.from) else { continue };
                if graph.distance[from.index()].is_none_or(|known| known > further) {
                    graph.distance[from.index()] = Some(further);
                    graph.next[from.index()] = Some(*at);
                    queue.push_back(from.index());
                }
            }
        }
        graph
    }

    /// How many steps a principal is away from administrator; none where the code shows no way.
    pub fn distance(&self, id: PrincipalId) -> Option<usize> {
        self.distance.get(id.index()).copied().flatten()
    }

    /// The shortest way of a principal.
    pub fn walk(&self, from: PrincipalId) -> Option<Walk> {
        self.distance(from)?;
        let mut steps = Vec::new();
        let mut at = from;
        while let Some(step) = self.next.get(at.index()).copied().flatten() {
            steps.push(step);
            match self.escalations.steps.get(step)?.gain {
                Gain::Principal(to) => at = to,
                Gain::Administrator | Gain::Elsewhere | Gain::Unbounded => break,
            }
        }
        Some(Walk { from, steps })
    }
}
