//! Fixed hash seeds: std asks the system's `getrandom` for them, which is this one.
//!
//! Hidden, so that within the program's library it comes before the C library's.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
core::arch::global_asm!(
    ".pushsection .text.getrandom,\"ax\",@progbits",
    ".globl getrandom",
    ".hidden getrandom",
    ".type getrandom,@function",
    "getrandom:",
    "mov rax, rsi",
    "xor ecx, ecx",
    "2:",
    "cmp rcx, rsi",
    "jae 3f",
    "mov byte ptr [rdi + rcx], cl",
    "inc rcx",
    "jmp 2b",
    "3:",
    "ret",
    ".size getrandom, . - getrandom",
    ".popsection",
);

#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
core::arch::global_asm!(
    ".pushsection .text.getrandom,\"ax\",@progbits",
    ".globl getrandom",
    ".hidden getrandom",
    ".type getrandom,@function",
    "getrandom:",
    "mov x9, #0",
    "2:",
    "cmp x9, x1",
    "b.hs 3f",
    "strb w9, [x0, x9]",
    "add x9, x9, #1",
    "b 2b",
    "3:",
    "mov x0, x1",
    "ret",
    ".size getrandom, . - getrandom",
    ".popsection",
);
