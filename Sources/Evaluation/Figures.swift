import CanonicalJSON
import Glibc

/// A result with fractions as JSON text. Nothing of it is hashed or signed; a figure has six decimals, and one that
/// could not be computed is null.
public indirect enum Figures: Sendable {
    case text(String)
    case count(Int)
    case number(Double?)
    case flag(Bool)
    case list([Figures])
    case members([(String, Figures)])

    /// The text, indented, ending with a newline.
    public var json: String { self.text(indent: "") + "\n" }

    private func text(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return JSON.string(text).canonical
        case .count(let count): return String(count)
        case .number(let number): return number.map { fixed($0, 6) } ?? "null"
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let elements):
            guard !elements.isEmpty else { return "[]" }
            let lines = elements.map { inner + $0.text(indent: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        case .members(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map { "\(inner)\(JSON.string($0).canonical): \($1.text(indent: inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        }
    }

    /// Both ends of an interval, or null.
    static func interval(_ interval: Interval?) -> Figures {
        interval.map { .list([.number($0.low), .number($0.high)]) } ?? .number(nil)
    }
}

/// `number` with so many decimals, rounded half away from zero.
func fixed(_ number: Double, _ decimals: Int) -> String {
    guard number.isFinite, abs(number) < 1e12 else { return "null" }
    let scale = pow(10, Double(decimals))
    let scaled = Int64((abs(number) * scale).rounded())
    let sign = number < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(scaled) }
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}

/// `number` with three decimals, or a dash where there is none.
func shown(_ number: Double?) -> String { number.map { fixed($0, 3) } ?? "-" }

/// An interval with three decimals, or a dash.
func shown(_ interval: Interval?) -> String { interval.map { "\(fixed($0.low, 3)) to \(fixed($0.high, 3))" } ?? "-" }

/// `part` of `whole` as a percentage with one decimal.
func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "-" : fixed(100 * Double(part) / Double(whole), 1) + " %"
}

extension String {
    /// With spaces up to `width`, before the text or after it.
    func padded(to width: Int, leading: Bool = false) -> String {
        let space = String(repeating: " ", count: Swift.max(0, width - self.count))
        return leading ? space + self : self + space
    }
}
