//! Looks again whenever the balance has changed under its hands.

use std::sync::atomic::{AtomicU64, Ordering};

pub struct BankAccount {
    balance: AtomicU64,
}

impl BankAccount {
    pub fn new(balance: u64) -> Self {
        BankAccount {
            balance: AtomicU64::new(balance),
        }
    }

    pub fn deposit(&self, amount: u64) {
        self.balance.fetch_add(amount, Ordering::Relaxed);
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        self.balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |seen| {
                seen.checked_sub(amount)
            })
            .is_ok()
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::Relaxed)
    }
}

fn main() {}
