/// Exponentials and roots in integers: the same bits on every machine, which no C library's `exp` promises, and sums
/// that do not depend on their order.

/// 2^(−2^−i) for i = 1…16, in units of 2^−62.
private let halvingRoots: [UInt64] = [
    0x2D41_3CCC_FE77_9921, 0x35D1_3F32_B5A7_5ABD, 0x3AB0_31B9_F749_0E4B, 0x3D49_5F45_4921_B30B,
    0x3EA0_ECB6_DC8A_80CE, 0x3F4F_8303_3D21_B05D, 0x3FA7_8457_1EE3_E212, 0x3FD3_B2D6_5447_B229,
    0x3FE9_D594_8723_6BB4, 0x3FF4_E9D4_703D_F842, 0x3FFA_74AC_BDF6_C9D5, 0x3FFD_3A46_FFC6_E30F,
    0x3FFE_9D1F_A801_0199, 0x3FFF_4E8E_DE05_3AD4, 0x3FFF_A747_3183_76AC, 0x3FFF_D3A3_8961_E6FE,
]

/// `value` · 2^(−`numerator` / `denominator`), rounded down: what is left of it after so many halvings.
func halved(_ value: Int64, _ numerator: Int64, per denominator: Int64) -> Int64 {
    precondition(value >= 0 && numerator >= 0 && denominator > 0)
    let whole = numerator / denominator
    guard whole < 62 else { return 0 }
    let fraction = (numerator % denominator) * 65_536 / denominator
    var left: UInt64 = 1 << 62
    for bit in 0..<16 where fraction & (32_768 >> Int64(bit)) != 0 {
        let product = left.multipliedFullWidth(by: halvingRoots[bit])
        left = product.high << 2 | product.low >> 62
    }
    let product = UInt64(value).multipliedFullWidth(by: left)
    return Int64((product.high << 2 | product.low >> 62) >> UInt64(whole))
}

/// `limit` · (1 − 2^(−`value` / `half`)): `limit` is approached, half of it reached at `half`. Rises with `value`.
func saturated(_ value: Int64, half: Int64, limit: Int64) -> Int64 {
    // Taken at a finer grain, so that a value of one thousandth still brings something.
    limit - (halved(limit << 20, value, per: half) + (1 << 20) - 1) >> 20
}

/// 1000 · log2(`value`), straight between powers of two: exact there, at most 0.087 too small between, and rising.
func logarithm2(_ value: Int64) -> Int64 {
    precondition(value > 0)
    let exponent = Int64(Int64.bitWidth - 1 - value.leadingZeroBitCount)
    let power: Int64 = 1 << exponent
    let fraction = (value - power).multipliedFullWidth(by: 1_000)
    return exponent * 1_000 + power.dividingFullWidth(fraction).quotient
}

/// The whole part of the square root of `value`, by Newton's method from above.
func squareRoot(_ value: Int64) -> Int64 {
    precondition(value >= 0)
    var root: Int64 = 1 << Int64((Int64.bitWidth - value.leadingZeroBitCount + 1) / 2)
    while root > 0 {
        let next = (root + value / root) / 2
        if next >= root { break }
        root = next
    }
    return root
}
