//! What correct transfers do, in whichever direction they go.

use super::{Account, transfer};
use std::sync::Mutex;
use std::thread;

/// What an answer offers, with exactly these types: any other type could say that it is equal to everything.
const _: fn(u32, u64) -> Account = Account::new;
const _: fn(&Account, &Account, u64) -> bool = transfer;
/// A raw pointer, because a reference to whatever has a `Deref` could become one to a mutex.
const _: fn(&Account) -> *const Mutex<u64> = |account| &raw const account.balance;

/// What is added to an id so that no small table of locks, by remainder or by bits, tells the two apart.
const FAR: u32 = (5 * 7 * 9 * 11 * 13) << 16;

fn balances<const N: usize>(accounts: [&Account; N]) -> [u64; N] {
    accounts.map(|account| *account.balance.lock().unwrap())
}

/// No concurrency yet: the money arrives, and nobody pays more than there is.
pub fn one_transfer_after_the_other() {
    let alice: Account = Account::new(1, 100);
    let bob: Account = Account::new(2, 0);
    let [first, second, back]: [bool; 3] = [
        transfer(&alice, &bob, 70),
        transfer(&alice, &bob, 70),
        transfer(&bob, &alice, 20),
    ];
    assert!(first, "Alice has 100, so a transfer of 70 must be done");
    assert!(
        !second,
        "Alice has only 30 left, so a second transfer of 70 must be refused"
    );
    assert!(back, "Bob has 70, so a transfer of 20 must be done");
    assert_eq!(
        balances([&alice, &bob]),
        [50, 50],
        "after 70 there and 20 back both must have 50"
    );
}

/// Two transfers in opposite directions: both are done, in any order.
pub fn alice_pays_bob_while_bob_pays_alice() {
    let alice: Account = Account::new(1, 100);
    let bob: Account = Account::new(2, 100);
    let (there, back): (bool, bool) = thread::scope(|bank| {
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

/// Alice has enough for one of two bills: one is paid, whichever comes first, and the other is refused.
pub fn alice_pays_two_bills_at_once() {
    let alice: Account = Account::new(2, 100);
    let bob: Account = Account::new(1, 0);
    let carol: Account = Account::new(3, 0);
    let (to_bob, to_carol): (bool, bool) = thread::scope(|bank| {
        let to_bob = bank.spawn(|| transfer(&alice, &bob, 70));
        let to_carol = bank.spawn(|| transfer(&alice, &carol, 80));
        (to_bob.join().unwrap(), to_carol.join().unwrap())
    });
    assert!(
        !(to_bob && to_carol),
        "Alice had 100, and she paid both 70 and 80"
    );
    assert!(
        to_bob || to_carol,
        "Alice had 100, but neither 70 nor 80 were paid"
    );
    let expected: [u64; 3] = if to_bob { [30, 70, 0] } else { [20, 0, 80] };
    assert_eq!(
        balances([&alice, &bob, &carol]),
        expected,
        "only the bill that was paid moves money"
    );
}

/// From an account to itself: nothing changes, and nobody waits for ever.
pub fn alice_pays_herself() {
    let alice: Account = Account::new(1, 100);
    let paid: bool = transfer(&alice, &alice, 30);
    assert!(paid, "Alice has 100, so she can pay herself 30");
    assert_eq!(
        balances([&alice]),
        [100],
        "whoever pays herself has as much as before"
    );
    let paid: bool = transfer(&alice, &alice, 101);
    assert!(!paid, "Alice does not have 101, not even for herself");
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
    let pair: [Account; 2] = [1, 2].map(|id| Account::new(id, 100));
    let others: [Account; 2] = [1, 2].map(|id| Account::new(id + FAR, 100));
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
