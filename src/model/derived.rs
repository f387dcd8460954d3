//! What higher floors work out of an account, kept with it: once, however many ask.

use std::any::{Any, TypeId};
use std::sync::{Arc, Mutex, PoisonError};

/// Derived things by their type. The account knows nothing of what they are.
#[derive(Default)]
pub(super) struct Derived(Mutex<Vec<(TypeId, Arc<dyn Any + Send + Sync>)>>);

impl Derived {
    /// The one of this type; made, where nobody has asked yet. Making it may ask for others.
    pub(super) fn get<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        if let Some(known) = self.find() {
            return known;
        }
        // Not under the lock: what is derived may stand on something else that is.
        let derived = Arc::new(make());
        let entry: Arc<dyn Any + Send + Sync> = derived.clone();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((TypeId::of::<T>(), entry));
        derived
    }

    fn find<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, found) = all.iter().find(|(of, _)| *of == TypeId::of::<T>())?;
        found.clone().downcast().ok()
    }
}

impl std::fmt::Debug for Derived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Derived")
    }
}
