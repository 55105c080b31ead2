import API

/// The badge of a profile, `/p/<handle>/badge.svg`: facts such as `reviewing since 2015 · 214 reviews`, never a verdict.
func badgeSVG(_ profile: ProfileDocument) -> String {
    let fact = badgeFact(profile)
    let label = "standing"
    let labelWidth = textWidth(label) + 16
    let factWidth = textWidth(fact) + 16
    let width = labelWidth + factWidth
    let badge = tag(
        .svg, Attribute(.xmlns, "http://www.w3.org/2000/svg"), Attribute(.width, width), Attribute(.height, 20),
        Attribute(.viewBox, "0 0 \(width) 20"), Attribute(.role, "img"), Attribute(.ariaLabelledBy, "t")
    ) {
        tag(.title, .id("t"), text: badgeText(profile))
        tag(.path, Attribute(.d, leftHalf(labelWidth)), Attribute(.fill, "#2b3236"))
        tag(.path, Attribute(.d, rightHalf(from: labelWidth, to: width)), Attribute(.fill, "#0c5a5a"))
        tag(
            .g, Attribute(.fill, "#fff"), Attribute(.fontSize, 11),
            Attribute(.fontFamily, "Verdana,DejaVu Sans,Geneva,sans-serif")
        ) {
            line(label, x: 8)
            line(fact, x: labelWidth + 8)
        }
    }
    return badge.rendered + "\n"
}

/// The badge in words, for those who do not see it.
func badgeText(_ profile: ProfileDocument) -> String { "standing: \(badgeFact(profile))" }

/// What the badge says: the best-supported facet's first year and count, or in words that too little is known.
private func badgeFact(_ profile: ProfileDocument) -> String {
    guard let facet = profile.measured.first else {
        guard let since = profile.since else { return "not enough evidence yet" }
        return "evidence since \(since.prefix(4)), too little to measure"
    }
    let words = FacetWords(facet: facet.name)
    let since = facet.first.map { " since \($0.prefix(4))" } ?? ""
    return "\(words.title.lowercased())\(since) · \(counted(facet.n, words.one, words.many))"
}

/// A line of text stretched to the width it was measured at, whatever font draws it.
private func line(_ text: String, x: Int) -> Markup {
    tag(.svgText, Attribute(.x, x), Attribute(.y, 14), Attribute(.textLength, textWidth(text)), text: text)
}

private func leftHalf(_ width: Int) -> String { "M3 0H\(width)V20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" }

private func rightHalf(from left: Int, to right: Int) -> String {
    "M\(left) 0H\(right - 3)a3 3 0 0 1 3 3V17a3 3 0 0 1-3 3H\(left)z"
}

/// The width of `text` in Verdana at 11 pixels, rounded up to a pixel.
func textWidth(_ text: String) -> Int {
    (text.unicodeScalars.reduce(0) { $0 + tenths($1) } + 9) / 10
}

/// The advance of one character, in tenths of a pixel; beyond ASCII a wide one is assumed.
private func tenths(_ scalar: UnicodeScalar) -> Int {
    let code = Int(scalar.value)
    return advances.indices.contains(code - 0x20) ? advances[code - 0x20] : 110
}

/// The advances of U+0020 to U+007E in Verdana at 11 pixels, in tenths of a pixel.
private let advances: [Int] = [
    39, 43, 51, 90, 70, 118, 80, 30, 50, 50, 70, 90, 40, 50, 40, 50,  // space to /
    70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 50, 50, 90, 90, 90, 60,  // 0 to ?
    110, 75, 75, 77, 85, 70, 63, 85, 83, 46, 50, 76, 61, 93, 82, 87,  // @ to O
    66, 87, 76, 75, 68, 81, 75, 109, 75, 68, 75, 50, 50, 50, 90, 70,  // P to _
    70, 66, 69, 57, 69, 66, 39, 69, 70, 30, 38, 65, 30, 107, 70, 67,  // ` to o
    69, 69, 47, 57, 43, 70, 65, 90, 65, 65, 58, 70, 50, 70, 90,  // p to ~
]
