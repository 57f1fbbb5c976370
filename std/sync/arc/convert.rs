//! What an `Arc` can be made from.

use super::Arc;
use ::std::borrow::{Cow, ToOwned};
use ::std::ffi::{CStr, CString, OsStr, OsString};
use ::std::path::{Path, PathBuf};
use ::std::sync::Arc as Counted;
use core::pin::Pin;

impl<T> From<T> for Arc<T> {
    fn from(value: T) -> Self {
        Arc::new(value)
    }
}

macro_rules! from {
    ($([$($generics:tt)*] $source:ty => $target:ty;)*) => {$(
        impl<$($generics)*> From<$source> for Arc<$target> {
            fn from(value: $source) -> Self {
                Arc::made(Counted::from(value))
            }
        }
    )*};
}

from! {
    [T: ?Sized] Box<T> => T;
    [T, const N: usize] [T; N] => [T];
    [T: Clone] &[T] => [T];
    [T: Clone] &mut [T] => [T];
    [T] Vec<T> => [T];
    [] &str => str;
    [] &mut str => str;
    [] String => str;
    [] &CStr => CStr;
    [] &mut CStr => CStr;
    [] CString => CStr;
    [] &OsStr => OsStr;
    [] &mut OsStr => OsStr;
    [] OsString => OsStr;
    [] &Path => Path;
    [] &mut Path => Path;
    [] PathBuf => Path;
}

impl<'a, B: ?Sized + ToOwned> From<Cow<'a, B>> for Arc<B>
where
    Arc<B>: From<&'a B> + From<B::Owned>,
{
    fn from(value: Cow<'a, B>) -> Arc<B> {
        match value {
            Cow::Borrowed(value) => Arc::from(value),
            Cow::Owned(value) => Arc::from(value),
        }
    }
}

impl From<Arc<str>> for Arc<[u8]> {
    fn from(text: Arc<str>) -> Self {
        Arc::of(Counted::from(text.counted()))
    }
}

impl<T, const N: usize> TryFrom<Arc<[T]>> for Arc<[T; N]> {
    type Error = Arc<[T]>;

    fn try_from(slice: Arc<[T]>) -> Result<Self, Self::Error> {
        slice.counted().try_into().map(Arc::of).map_err(Arc::of)
    }
}

impl<T> FromIterator<T> for Arc<[T]> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Arc::made(items.into_iter().collect())
    }
}

impl<T: Default> Default for Arc<T> {
    fn default() -> Self {
        Arc::made(Counted::default())
    }
}

impl<T> Default for Arc<[T]> {
    fn default() -> Self {
        Arc::of(Counted::default())
    }
}

impl Default for Arc<str> {
    fn default() -> Self {
        Arc::of(Counted::default())
    }
}

impl<T> Default for Pin<Arc<T>>
where
    Arc<T>: Default,
{
    fn default() -> Self {
        pinned(Arc::default())
    }
}

impl Default for Arc<CStr> {
    fn default() -> Self {
        Arc::of(Counted::default())
    }
}

/// As with `Box::into_pin`.
pub(super) fn pinned<T: ?Sized>(pointer: Arc<T>) -> Pin<Arc<T>> {
    // SAFETY: from here on the value is reached through the pin only.
    unsafe { Pin::new_unchecked(pointer) }
}
