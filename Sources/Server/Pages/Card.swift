import API

/// The picture that link previews show of a profile: who, and up to three facts. The same in every light, and no level.
enum Card {
    static let (width, height): (Int32, Int32) = (1_200, 630)

    /// The card of `profile` at `host`, as SVG to be drawn.
    static func svg(_ profile: ProfileDocument, host: String) -> String {
        tag(
            .svg, Attribute(.xmlns, "http://www.w3.org/2000/svg"), Attribute(.width, width), Attribute(.height, height),
            Attribute(.viewBox, "0 0 \(width) \(height)"),
            Attribute(.fontFamily, "DejaVu Sans,Liberation Sans,sans-serif")
        ) {
            tag(.rect, Attribute(.width, width), Attribute(.height, height), Attribute(.fill, "#f6f5f0"))
            tag(.rect, Attribute(.width, width), Attribute(.height, 16), Attribute(.fill, "#0c5a5a"))
            tag(
                .path, Attribute(.d, "M72 110h14v18H72zM96 93h14v35H96zM120 72h14v56h-14zM68 135h70v7H68z"),
                Attribute(.fill, "#0c5a5a"))
            line("Standing", x: 158, y: 128, size: 36, weight: "bold")
            line(profile.handle, x: 72, y: 258, size: handleSize(profile.handle), weight: "bold")
            facts(profile)
            line(host, x: 72, y: 572, size: 26, fill: "#555d63")
        }.rendered
    }

    /// The largest size at which `handle` fits, in pixels; a character is taken to be 0.7 of that wide.
    private static func handleSize(_ handle: String) -> Int {
        min(84, 1_056 * 10 / (7 * max(handle.count, 1)))
    }

    private static func facts(_ profile: ProfileDocument) -> Markup {
        let measured = profile.measured.prefix(3)
        guard !measured.isEmpty else {
            return line(
                "Too little is known to state a level. Unknown is not low.", x: 72, y: 360, size: 32, fill: "#1b2023")
        }
        return .group(
            measured.enumerated().map { position, facet in
                let words = FacetWords(facet: facet.name)
                let x = 72 + position * 360
                let since = facet.first.map { "since \(monthAndYear($0))" } ?? ""
                return .group([
                    tag(
                        .rect, Attribute(.x, x), Attribute(.y, 322), Attribute(.width, 320), Attribute(.height, 4),
                        Attribute(.fill, "#2f7f7c")),
                    line(grouped(facet.n), x: x, y: 402, size: 64, weight: "bold"),
                    line(facet.n == 1 ? words.one : words.many, x: x, y: 446, size: 28, weight: "bold"),
                    line(since, x: x, y: 486, size: 24, fill: "#555d63"),
                ])
            })
    }

    private static func line(
        _ text: String, x: Int, y: Int, size: Int, weight: String = "normal", fill: String = "#1b2023"
    ) -> Markup {
        tag(
            .svgText, Attribute(.x, x), Attribute(.y, y), Attribute(.fontSize, size), Attribute(.fontWeight, weight),
            Attribute(.fill, fill), text: text)
    }
}
