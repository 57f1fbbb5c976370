//! One function for each way to access memory; printed is what the compiled code tells of it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hint::black_box;
use std::{mem, ptr};

#[repr(C, align(32))]
struct Block([u8; 4096]);

/// Where everything happens.
static mut BLOCK: Block = Block([1; 4096]);

fn at<T>(offset: usize) -> *mut T {
    black_box((&raw mut BLOCK).cast::<u8>().wrapping_add(offset).cast())
}

macro_rules! tell {
    ($($name:literal => $work:expr;)*) => { $( listener::tell($name, at(0), 4096, || unsafe { $work }); )* };
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Sized<const N: usize>([u8; N]);

#[derive(Clone, Copy)]
#[repr(C)]
struct Mixed {
    a: u8,
    b: u32,
    c: u64,
}

#[repr(u8)]
enum Kind {
    _A,
    B(u32),
}

fn assign<const N: usize>() {
    unsafe { *at::<Sized<N>>(1024) = *at::<Sized<N>>(0) }
}

#[target_feature(enable = "avx")]
fn load_256(from: *const std::arch::x86_64::__m256i) -> std::arch::x86_64::__m256i { unsafe { std::arch::x86_64::_mm256_load_si256(from) } }

fn main() {
    tell! {
        "load u8" => *at::<u8>(0);
        "load u16" => *at::<u16>(0);
        "load u32" => *at::<u32>(0);
        "load u64" => *at::<u64>(0);
        "load u128" => *at::<u128>(0);
        "load f64" => *at::<f64>(0);
        "load bool" => *at::<bool>(0);
        "load char" => { *at::<u32>(0) = 65; *at::<char>(0) };
        "load pointer" => *at::<*const u8>(0);
        "store u8" => *at::<u8>(0) = 1;
        "store u16" => *at::<u16>(0) = 1;
        "store u32" => *at::<u32>(0) = 1;
        "store u64" => *at::<u64>(0) = 1;
        "store u128" => *at::<u128>(0) = 1;
        "store f32" => *at::<f32>(0) = 1.0;
        "store bool" => *at::<bool>(0) = true;
        "add to u64" => *at::<u64>(8) += 1;
        "through a reference" => { let number: &mut u32 = &mut *at(4); *number += 1 };
        "field" => { (*at::<Mixed>(16)).b = (*at::<Mixed>(16)).a.into() };
        "array of f32" => *at::<[f32; 4]>(64) = *at::<[f32; 4]>(0);
        "element" => { let all = &mut *at::<[u16; 8]>(0); all[black_box(3)] += 1 };
        "discriminant" => matches!(*at::<Kind>(0), Kind::B(_));
        "payload" => match &*at::<Kind>(0) { Kind::B(number) => *number, _ => 0 };
        "option" => at::<Option<u64>>(0).read().is_some();
        "volatile" => { let read = at::<u32>(0).read_volatile(); at::<u32>(8).write_volatile(read) };
        "unaligned" => { let read = at::<u64>(3).read_unaligned(); at::<u64>(17).write_unaligned(read) };
        "assign 0" => assign::<0>();
        "assign 1" => assign::<1>();
        "assign 3" => assign::<3>();
        "assign 7" => assign::<7>();
        "assign 12" => assign::<12>();
        "assign 16" => assign::<16>();
        "assign 24" => assign::<24>();
        "assign 33" => assign::<33>();
        "assign 64" => assign::<64>();
        "assign 100" => assign::<100>();
        "assign 128" => assign::<128>();
        "assign 200" => assign::<200>();
        "swap numbers" => mem::swap(&mut *at::<u64>(0), &mut *at::<u64>(8));
        "swap arrays" => mem::swap(&mut *at::<[u8; 40]>(0), &mut *at::<[u8; 40]>(64));
        "replace" => mem::replace(&mut *at::<u64>(0), 5);
        "take" => { at::<Option<u64>>(0).write(Some(1)); (*at::<Option<u64>>(0)).take() };
        "ptr::copy" => ptr::copy(at::<u8>(0), at::<u8>(50), 100);
        "copy_nonoverlapping" => ptr::copy_nonoverlapping(at::<u32>(0), at::<u32>(1024), black_box(25));
        "copy one" => ptr::copy_nonoverlapping(at::<u64>(0), at::<u64>(1024), 1);
        "write_bytes" => ptr::write_bytes(at::<u64>(0), 0, black_box(10));
        "copy_from_slice" => (*at::<[u8; 99]>(0)).copy_from_slice(&*at::<[u8; 99]>(1024));
        "copy_within" => (*at::<[u8; 99]>(0)).copy_within(0..50, 20);
        "fill bytes" => (*at::<[u8; 99]>(0)).fill(7);
        "fill words" => (*at::<[u32; 9]>(0)).fill(7);
        "slice::swap" => (*at::<[u32; 9]>(0)).swap(black_box(1), black_box(5));
        "reverse" => (*at::<[u32; 8]>(0)).reverse();
        "iterate" => (*at::<[u32; 9]>(0)).iter().sum::<u32>();
        "iterate bytes" => (*at::<[u8; 9]>(0)).iter().map(|byte| u32::from(*byte)).sum::<u32>();
        "iterate and change" => for number in &mut *at::<[u32; 9]>(0) { *number += 1 };
        "sort" => (*at::<[u32; 40]>(0)).sort();
        "sort_unstable" => (*at::<[u32; 40]>(0)).sort_unstable();
        "binary_search" => (*at::<[u32; 1]>(0)).binary_search(&7).is_ok();
        "to_vec" => (*at::<[u8; 50]>(0)).to_vec();
        "clone of an array" => (*at::<[String; 0]>(0)).clone();
        "Cell::set" => (*at::<Cell<u64>>(0)).set(3);
        "Cell::get" => (*at::<Cell<u64>>(0)).get();
        "RefCell" => { at::<RefCell<u64>>(0).write(RefCell::new(1)); *(*at::<RefCell<u64>>(0)).borrow_mut() += 1 };
        "Vec of bytes from" => { let mut all = Vec::new(); all.extend_from_slice(&*at::<[u8; 50]>(0)); all };
        "Vec of words from" => { let mut all: Vec<u32> = Vec::new(); all.extend_from_slice(&*at::<[u32; 10]>(0)); all };
        "push_str" => { let mut all = String::new(); all.push_str(std::str::from_utf8_unchecked(&*at::<[u8; 50]>(0))); all };
        "HashMap::insert" => { let mut all = HashMap::new(); all.insert(*at::<u32>(0), *at::<u64>(8)); all };
        "hash" => { use std::hash::{BuildHasher, RandomState}; RandomState::new().hash_one(&*at::<[u8; 50]>(0)) };
        "compare bytes" => *at::<[u8; 40]>(0) == *at::<[u8; 40]>(1024);
        "compare slices" => { let (a, b): (&[u8], &[u8]) = (&*at::<[u8; 40]>(0), &*at::<[u8; 40]>(1024)); a == b };
        "compare words" => *at::<[u32; 10]>(0) == *at::<[u32; 10]>(1024);
        "order of bytes" => (*at::<[u8; 40]>(0)).cmp(&*at::<[u8; 40]>(1024));
        "starts_with" => (*at::<[u8; 40]>(0)).starts_with(&[1, 1]);
        "contains" => (*at::<[u8; 40]>(0)).contains(&9);
        "copy_from_slice of words" => (*at::<[u32; 9]>(0)).copy_from_slice(&*at::<[u32; 9]>(1024));
        "contains words" => (*at::<[u32; 10]>(0)).contains(&9);
        "from_utf8" => std::str::from_utf8(&*at::<[u8; 40]>(0)).is_ok();
        "to_string" => (*at::<u64>(0)).to_string();
        "format" => format!("{}", &*at::<u64>(0));
        "format debug" => format!("{:?}", &*at::<[u8; 8]>(0));
        "parse" => std::str::from_utf8_unchecked(&*at::<[u8; 4]>(0)).parse::<u32>().is_ok();
        "hash of a number" => { use std::hash::{BuildHasher, RandomState}; RandomState::new().hash_one(&*at::<u64>(0)) };
        "compare 3 bytes" => *at::<[u8; 3]>(0) == *at::<[u8; 3]>(1024);
        "compare 7 bytes" => *at::<[u8; 7]>(0) == *at::<[u8; 7]>(1024);
        "compare 3 words" => *at::<[u16; 3]>(0) == *at::<[u16; 3]>(1024);
        "read 3 bytes" => at::<[u8; 3]>(0).read();
        "load 256 bits" => load_256(at(0));
        "copy 256 bits" => *at::<std::arch::x86_64::__m256i>(0) = *at(1024);
        "store 128 bits" => { use std::arch::x86_64::*; _mm_storeu_ps(at(0), _mm_set1_ps(1.0)) };
    }
    let mut pushed: Vec<u64> = Vec::with_capacity(8);
    listener::tell("Vec::push", pushed.as_ptr().cast(), 64, || black_box(&mut pushed).push(7));
    let mut vec = vec![1_u64];
    let header = (&raw mut vec).cast::<u8>();
    listener::tell("push to a Vec, its header", header, 24, || black_box(&mut vec).push(7));
    let mut text = String::from("one");
    let header = (&raw mut text).cast::<u8>();
    listener::tell("push_str, its header", header, 24, || black_box(&mut text).push_str("two"));
    let mut bytes = vec![1_u8];
    let header = (&raw mut bytes).cast::<u8>();
    listener::tell("push of a byte, its header", header, 24, || black_box(&mut bytes).push(7));
    let mut text = String::with_capacity(16);
    listener::tell("push_str", text.as_ptr(), 16, || black_box(&mut text).push_str("three"));
    let mut map: HashMap<u32, u32> = HashMap::new();
    let header = (&raw mut map).cast::<u8>();
    listener::tell("insert into a HashMap, its header", header, 32, || black_box(&mut map).insert(1, 2));
    let mut boxed = Box::new(5_u64);
    let memory = (&raw mut *boxed).cast::<u8>();
    listener::tell("Box", memory, 8, || **black_box(&mut boxed) += 1);
}
