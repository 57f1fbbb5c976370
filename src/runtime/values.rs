//! Shows the values of a running program as its author would write them.

use threadlings_std::abi::Payload;

use super::plugin::raw_text;

/// What stands for data that has no short form.
pub const OPAQUE: &str = "-";

/// The protected value, if its type is a number, `bool`, `char` or `()`; [`OPAQUE`] for another type, and
/// `None` when the operation does not say.
///
/// # Safety
/// The payload is readable now.
pub unsafe fn payload(payload: &Payload) -> Option<String> {
    if payload.type_name.data.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let type_name = String::from_utf8_lossy(unsafe { raw_text(payload.type_name) });
    if payload.data.is_null() || payload.size > 16 {
        return Some(OPAQUE.into());
    }
    let mut raw = [0u8; 16];
    // SAFETY: the caller's promise, and at most 16 bytes.
    unsafe { std::ptr::copy_nonoverlapping(payload.data, raw.as_mut_ptr(), payload.size) };
    Some(show(u128::from_ne_bytes(raw), payload.size, &type_name))
}

/// A value of `size` bytes as a literal of `type_name`.
pub fn show(bits: u128, size: usize, type_name: &str) -> String {
    let name = type_name
        .strip_prefix("core::sync::atomic::Atomic")
        .unwrap_or(type_name);
    let expected = match name {
        "bool" | "u8" | "i8" => 1,
        "u16" | "i16" => 2,
        "u32" | "i32" | "char" | "f32" => 4,
        "u64" | "i64" | "f64" => 8,
        "usize" | "isize" => size_of::<usize>(),
        "u128" | "i128" => 16,
        "()" => 0,
        _ => return pointer_or_opaque(bits, name),
    };
    if size != expected {
        return OPAQUE.into();
    }
    match name {
        "()" => "()".into(),
        "bool" => (bits != 0).to_string(),
        "char" => u32::try_from(bits)
            .ok()
            .and_then(char::from_u32)
            .map_or(OPAQUE.into(), |c| format!("{c:?}")),
        "f32" => u32::try_from(bits).map_or(OPAQUE.into(), |b| format!("{:?}", f32::from_bits(b))),
        "f64" => u64::try_from(bits).map_or(OPAQUE.into(), |b| format!("{:?}", f64::from_bits(b))),
        signed if signed.starts_with('i') => {
            let unused = 128 - 8 * u32::try_from(size).unwrap_or(16);
            (bits.cast_signed() << unused >> unused).to_string()
        }
        _ => bits.to_string(),
    }
}

fn pointer_or_opaque(bits: u128, name: &str) -> String {
    // An address would differ from run to run.
    match name.starts_with('*') {
        true if bits == 0 => "null".into(),
        true => "pointer".into(),
        false => OPAQUE.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::show;

    #[test]
    fn values_read_as_literals() {
        assert_eq!(show(0xff, 1, "i8"), "-1");
        assert_eq!(show(0xff, 1, "u8"), "255");
        assert_eq!(show(1, 1, "bool"), "true");
        assert_eq!(show(0x61, 4, "char"), "'a'");
        assert_eq!(show(u128::MAX, 16, "i128"), "-1");
        assert_eq!(show(7, 8, "alloc::vec::Vec<i32>"), "-");
        assert_eq!(show(7, 8, "*mut u8"), "pointer");
        assert_eq!(show(7, 8, "u32"), "-", "a size that does not fit its type");
    }
}
