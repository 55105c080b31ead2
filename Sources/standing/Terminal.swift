internal import Foundation
internal import Glibc

/// How text is emphasized: by colour on a terminal, else not at all.
enum Style {
    case plain, colour

    /// What standard output takes: colour on a terminal, unless `NO_COLOR` is set (no-color.org).
    static var output: Style {
        isatty(STDOUT_FILENO) == 1 && environment("NO_COLOR") == nil && environment("TERM") != "dumb" ? .colour : .plain
    }

    /// What text stands for.
    enum Meaning: String {
        case heading = "1"
        case good = "32"
        case careful = "33"
        case bad = "31"
        case aside = "2"
    }

    func show(_ text: String, as meaning: Meaning) -> String {
        self == .colour ? "\u{1B}[\(meaning.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// `text` with everything replaced that a terminal would obey or that changes how the rest is read: control characters,
/// line ends included, and marks of writing direction. What a service sends goes through here.
func harmless(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            result.unicodeScalars.append("\u{FFFD}")
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// `text` in lines of up to `width` characters, the first behind `first`, the others behind `rest`. A longer word stays
/// whole.
func wrapped(_ text: String, first: String = "", rest: String = "", width: Int = 80) -> String {
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for word in text.split(separator: " ") {
        if !isEmpty, line.count + 1 + word.count > width {
            lines.append(line)
            (line, isEmpty) = (rest, true)
        }
        line += isEmpty ? "\(word)" : " \(word)"
        isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n")
}

/// Writes a result to standard output.
func say(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

/// Writes a message for a person to standard error.
func complain(_ message: String) { FileHandle.standardError.write(Data("standing: \(harmless(message))\n".utf8)) }
