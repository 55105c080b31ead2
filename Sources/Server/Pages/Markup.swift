import CanonicalJSON

/// A piece of HTML or SVG: text, an element, or nothing.
///
/// There is no case for finished markup, so text from outside cannot become any: what is not an element of `Tag` is
/// escaped when written.
indirect enum Markup {
    case text(String)
    case element(Tag, [Attribute], [Markup])
    case group([Markup])
    /// A script of ours, by its path and the hash of its bytes; there is no way to write one into a page.
    case script(Pages.Asset)
    /// A description of the page for programs (JSON-LD); it is data, and nothing in it can end it.
    case linkedData(JSON)
}

/// The elements that pages and badges are made of. No `script`, `style`, `iframe` or `object` among them.
enum Tag: String {
    case html, head, title, meta, link, body
    case header, main, footer, nav, section, article, div, span
    case h1, h2, h3, p, ul, ol, li, dl, dt, dd
    case a, strong, em, code, pre, small, time, bdi, br, img, button
    case details, summary, figure, figcaption
    case table, caption, thead, tbody, tr, th, td
    case svg, desc, defs, pattern, g, rect, path, line, circle, svgText = "text"

    /// Whether the element has no content and is written closed. Both HTML (void elements) and XML read that alike.
    var isClosed: Bool {
        switch self {
        case .meta, .link, .br, .img, .rect, .path, .line, .circle: true
        default: false
        }
    }
}

/// An attribute with its value; the value is escaped when written.
///
/// Only `Name` may be given any text. Addresses go through `Reference`, which refuses schemes that run code; `style`
/// and event handlers cannot be written at all.
struct Attribute {
    enum Name: String {
        case `class`, id, lang, charset, name, property, content, rel, type, role, scope, tabindex, dir, title, colspan
        case datetime, viewBox, width, height, x, y, d, cx, cy, r, rx, x1, x2, y1, y2, points, fill, stroke, xmlns
        case textLength, patternUnits, opacity, integrity, alt, hidden
        case textAnchor = "text-anchor"
        case fontSize = "font-size"
        case fontFamily = "font-family"
        case fontWeight = "font-weight"
        case strokeWidth = "stroke-width"
        case strokeDash = "stroke-dasharray"
        case ariaLabel = "aria-label"
        case ariaLabelledBy = "aria-labelledby"
        case ariaHidden = "aria-hidden"
        case dataLabel = "data-label"
        /// Which signed claim the element shows, as a path in the credential's subject.
        case dataClaim = "data-claim"
        /// Which fact a row is about, and which of its members an element shows.
        case dataCommitment = "data-commitment"
        case dataKind = "data-kind"
        case dataFact = "data-fact"
        case dataCopies = "data-copies"
        case dataHandle = "data-handle"
        case dataBundle = "data-bundle"
    }

    let name: String
    let value: String

    init(_ name: Name, _ value: String) {
        self.name = name.rawValue
        self.value = value
    }

    init(_ name: Name, _ value: some BinaryInteger) { self.init(name, String(value)) }

    private init(name: String, reference: Reference) {
        self.name = name
        self.value = reference.text
    }

    static func href(_ reference: Reference) -> Attribute { Attribute(name: "href", reference: reference) }
    static func src(_ reference: Reference) -> Attribute { Attribute(name: "src", reference: reference) }
    static func `class`(_ names: String) -> Attribute { Attribute(.class, names) }
    static func id(_ id: String) -> Attribute { Attribute(.id, id) }
}

/// Collects the content of an element: text (escaped), elements, and what conditions and loops give.
@resultBuilder
enum MarkupBuilder {
    static func buildExpression(_ text: String) -> Markup { .text(text) }
    static func buildExpression(_ markup: Markup) -> Markup { markup }
    static func buildExpression(_ markup: [Markup]) -> Markup { .group(markup) }
    static func buildBlock(_ parts: Markup...) -> Markup { .group(parts) }
    static func buildOptional(_ part: Markup?) -> Markup { part ?? .group([]) }
    static func buildEither(first part: Markup) -> Markup { part }
    static func buildEither(second part: Markup) -> Markup { part }
    static func buildArray(_ parts: [Markup]) -> Markup { .group(parts) }
}

/// The element `tag` with `attributes` around `content`.
func tag(_ tag: Tag, _ attributes: Attribute..., @MarkupBuilder content: () -> Markup) -> Markup {
    .element(tag, attributes, [content()])
}

/// The element `tag` with `attributes` around `text`, or around nothing.
func tag(_ tag: Tag, _ attributes: Attribute..., text: String = "") -> Markup {
    .element(tag, attributes, text.isEmpty ? [] : [.text(text)])
}

extension Markup {
    /// The markup as text that HTML and XML parsers read alike.
    var rendered: String {
        var output = ""
        self.write(to: &output)
        return output
    }

    private func write(to output: inout String) {
        switch self {
        case .text(let text): escape(text, to: &output)
        case .group(let parts): for part in parts { part.write(to: &output) }
        case .script(let asset):
            output += "<script type=\"module\" src=\"\(asset.path)\" integrity=\"\(asset.integrity)\"></script>"
        case .linkedData(let json):
            output += "<script type=\"application/ld+json\">"
            for scalar in json.canonical.unicodeScalars { writeData(scalar, to: &output) }
            output += "</script>"
        case .element(let tag, let attributes, let content):
            output += "<" + tag.rawValue
            for attribute in attributes {
                output += " " + attribute.name + "=\""
                escape(attribute.value, to: &output)
                output += "\""
            }
            if tag.isClosed {
                output += "/>"
                return
            }
            output += ">"
            for part in content { part.write(to: &output) }
            output += "</" + tag.rawValue + ">"
        }
    }
}

/// Writes a character of JSON so that it neither ends the element nor opens another: in a string, where alone it can
/// stand, the escape means the same.
private func writeData(_ scalar: UnicodeScalar, to output: inout String) {
    switch scalar {
    case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
        "\u{FFFE}"..."\u{FFFF}":
        let hex = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: output.unicodeScalars.append(scalar)
    }
}

/// Writes `text` so that no parser finds markup in it and no reader sees the page around it reordered.
///
/// Characters that XML 1.0 (section 2.2) does not allow, and the bidirectional embeddings, overrides and isolates
/// (Unicode UAX #9), become U+FFFD: a name may not turn the text after it around.
private func escape(_ text: String, to output: inout String) {
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": output += "&amp;"
        case "<": output += "&lt;"
        case ">": output += "&gt;"
        case "\"": output += "&quot;"
        case "'": output += "&#39;"
        case "\t", "\n", "\r": output.unicodeScalars.append(scalar)
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
            "\u{FFFE}"..."\u{FFFF}":
            output.unicodeScalars.append("\u{FFFD}")
        default: output.unicodeScalars.append(scalar)
        }
    }
}
