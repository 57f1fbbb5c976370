//~ expect: fail check_then_act
//! One lock guards the check and another one the payment; between the two nothing is guarded.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub struct BankAccount {
    balance: AtomicU64,
    checking: Mutex<()>,
    paying: Mutex<()>,
}

impl BankAccount {
    pub fn new(balance: u64) -> Self {
        BankAccount {
            balance: AtomicU64::new(balance),
            checking: Mutex::new(()),
            paying: Mutex::new(()),
        }
    }

    pub fn deposit(&self, amount: u64) {
        let _guard = self.paying.lock().unwrap();
        self.balance.fetch_add(amount, Ordering::SeqCst);
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        {
            let _guard = self.checking.lock().unwrap();
            if self.balance.load(Ordering::SeqCst) < amount {
                return false;
            }
        }
        let _guard = self.paying.lock().unwrap();
        self.balance.fetch_sub(amount, Ordering::SeqCst);
        true
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::SeqCst)
    }
}

fn main() {}
