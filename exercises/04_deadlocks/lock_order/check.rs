//! What correct transfers do, in whichever direction they go.

use super::{Account, transfer};
use std::sync::Mutex;
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: fn(u32, u64) -> Account = Account::new;
const _: fn(&Account, &Account, u64) -> bool = transfer;
const _: fn(&Account) -> &Mutex<u64> = |account| &account.balance;

fn balances(accounts: [&Account; 2]) -> [u64; 2] {
    accounts.map(|account| *account.balance.lock().unwrap())
}

/// No concurrency yet: the money arrives, and nobody pays more than there is.
pub fn one_transfer_after_the_other() {
    let alice = Account::new(1, 100);
    let bob = Account::new(2, 0);
    assert!(
        transfer(&alice, &bob, 70),
        "Alice has 100, so a transfer of 70 must be done"
    );
    assert!(
        !transfer(&alice, &bob, 70),
        "Alice has only 30 left, so a second transfer of 70 must be refused"
    );
    assert!(
        transfer(&bob, &alice, 20),
        "Bob has 70, so a transfer of 20 must be done"
    );
    assert_eq!(
        balances([&alice, &bob]),
        [50, 50],
        "after 70 there and 20 back both must have 50"
    );
}

/// Two transfers in opposite directions: both are done, in any order.
pub fn alice_pays_bob_while_bob_pays_alice() {
    let alice = Account::new(1, 100);
    let bob = Account::new(2, 100);
    let (there, back) = thread::scope(|bank| {
        let there = bank.spawn(|| transfer(&alice, &bob, 30));
        let back = bank.spawn(|| transfer(&bob, &alice, 10));
        (there.join().unwrap(), back.join().unwrap())
    });
    assert!(
        there,
        "Alice had enough money, but her transfer to Bob was not done"
    );
    assert!(
        back,
        "Bob had enough money, but his transfer to Alice was not done"
    );
    assert_eq!(
        balances([&alice, &bob]),
        [80, 120],
        "Alice paid 30 and got 10, so she must have 80 and Bob 120"
    );
}

/// From an account to itself: nothing changes, and nobody waits for ever.
pub fn alice_pays_herself() {
    let alice = Account::new(1, 100);
    assert!(
        transfer(&alice, &alice, 30),
        "Alice has 100, so she can pay herself 30"
    );
    let balance = *alice.balance.lock().unwrap();
    assert_eq!(balance, 100, "whoever pays herself has as much as before");
    assert!(
        !transfer(&alice, &alice, 101),
        "Alice does not have 101, not even for herself"
    );
}

/// Two transfers that have nothing to do with each other, while somebody else looks at Bob's account.
pub fn two_pairs_at_once_while_bob_is_busy() {
    two_pairs_at_once(1);
}

/// The same, while somebody else looks at Alice's account.
pub fn two_pairs_at_once_while_alice_is_busy() {
    two_pairs_at_once(0);
}

/// Alice pays Bob while the account number `busy` of the two is held, so that their transfer cannot end; meanwhile
/// Carol's payment to Dora should not have to wait for it.
fn two_pairs_at_once(busy: usize) {
    let pair = [Account::new(1, 100), Account::new(2, 100)];
    let others = [Account::new(3, 100), Account::new(4, 100)];
    thread::scope(|bank| {
        let held = pair[busy].balance.lock().unwrap();
        bank.spawn(|| transfer(&pair[0], &pair[1], 30));
        bank.spawn(|| transfer(&others[0], &others[1], 40));
        let first_has_begun = pair[1 - busy].balance.try_lock().is_err();
        if first_has_begun && others[0].balance.try_lock().is_err() {
            std::__threadlings::reach(
                "two transfers between different people are under way at once",
            );
        }
        drop(held);
    });
    assert_eq!(
        balances([&pair[0], &pair[1]]),
        [70, 130],
        "Alice paid Bob 30"
    );
    assert_eq!(
        balances([&others[0], &others[1]]),
        [60, 140],
        "Carol paid Dora 40"
    );
}
