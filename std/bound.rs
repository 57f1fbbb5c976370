//! What stays in its thread, and what is not shared: std says so with negative impls, which only std may write.
//! A bound that nothing meets has the same effect, and nearly the same message.

/// Met by nothing: `unsafe impl Send for Guard where Guard: bound::Send` keeps a guard in its thread.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent between threads safely",
    label = "`{Self}` cannot be sent between threads safely"
)]
pub trait Send {}

/// Met by nothing: `unsafe impl Sync for Half where Half: bound::Sync` keeps it from being shared.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be shared between threads safely",
    label = "`{Self}` cannot be shared between threads safely"
)]
pub trait Sync {}
