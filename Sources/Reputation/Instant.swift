/// A moment in UTC, to the second.
public struct Instant: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64

    /// The moment `seconds` after 1970-01-01T00:00:00Z.
    public init(seconds: Int64) { self.seconds = seconds }

    /// Whether `left` is earlier.
    public static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }

    /// The UTC day this moment lies in.
    public var day: Day { Day(number: self.seconds >= 0 ? self.seconds / 86_400 : (self.seconds - 86_399) / 86_400) }
}

extension Instant {
    /// Reads an RFC 3339 time such as `2015-01-01T15:00:01Z` or `2014-02-15T00:04:08-08:00`; a fraction is dropped.
    ///
    /// Returns nil for anything else, a leap second and the years outside 1970 to 9999 included.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(rfc3339: bytes.span)
    }

    init?(rfc3339 bytes: Span<UInt8>) {
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let day = Day(bytes.extracting(..<10)),
            let hour = decimal(bytes.extracting(11..<13)), let minute = decimal(bytes.extracting(14..<16)),
            let second = decimal(bytes.extracting(17..<19)), hour < 24, minute < 60, second < 60
        else { return nil }
        var end = 19
        if bytes[end] == UInt8(ascii: ".") {
            repeat { end += 1 } while end < bytes.count && isDigit(bytes[end])
            guard end > 20 else { return nil }
        }
        guard let offset = Instant.offset(bytes.extracting(end...)) else { return nil }
        self.init(seconds: day.number * 86_400 + hour * 3_600 + minute * 60 + second - offset)
    }

    /// Seconds east of UTC in `Z`, `+hh:mm` or `-hh:mm`.
    private static func offset(_ bytes: Span<UInt8>) -> Int64? {
        if bytes.count == 1 { return bytes[0] == UInt8(ascii: "Z") ? 0 : nil }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let hours = decimal(bytes.extracting(1..<3)),
            let minutes = decimal(bytes.extracting(4..<6)), hours < 24, minutes < 60
        else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "+"): return hours * 3_600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3_600 + minutes * 60)
        default: return nil
        }
    }

    /// This moment as RFC 3339 text in UTC, `2015-01-01T15:00:01Z`.
    public var rfc3339: String {
        let second = self.seconds - self.day.number * 86_400
        var text = self.day.digits
        text.append(UInt8(ascii: "T"))
        appendTwoDigits(second / 3_600, to: &text)
        text.append(UInt8(ascii: ":"))
        appendTwoDigits(second / 60 % 60, to: &text)
        text.append(UInt8(ascii: ":"))
        appendTwoDigits(second % 60, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}

/// A day of the civil calendar in UTC.
public struct Day: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int64

    /// The day `number` days after 1970-01-01.
    public init(number: Int64) { self.number = number }

    /// Whether `left` is earlier.
    public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// Days from this day to `today`; negative when this day lies after it.
    public func age(asOf today: Day) -> Int64 { today.number - self.number }

    /// Quarters since the first of 1970: a way to count distinct quarters of activity.
    public var quarter: Int64 {
        let (year, month, _) = self.civil
        return (year - 1970) * 4 + (month - 1) / 3
    }

    /// The moment this day begins.
    public var start: Instant { Instant(seconds: self.number * 86_400) }
}

extension Day: CustomStringConvertible {
    /// Reads `2015-01-01`; nil for anything else, and for a date that the calendar does not have.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = decimal(bytes.extracting(..<4)), let month = decimal(bytes.extracting(5..<7)),
            let day = decimal(bytes.extracting(8...)),
            (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
        guard self.civil == (year, month, day) else { return nil }
    }

    /// The day of a proleptic Gregorian date; the month and day must be of the calendar.
    public init(year: Int64, month: Int64, day: Int64) {
        // Days from civil, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March.
        let y = month <= 2 ? year - 1 : year
        let era = y / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        self.init(number: era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }

    /// Year, month (1…12) and day of the month (1…31).
    public var civil: (year: Int64, month: Int64, day: Int64) {
        let shifted = self.number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The date as `2015-01-01`.
    public var description: String { String(decoding: self.digits, as: UTF8.self) }

    /// The bytes of `description`.
    fileprivate var digits: [UInt8] {
        let (year, month, day) = self.civil
        var text: [UInt8] = []
        text.reserveCapacity(20)
        appendYear(year, to: &text)
        text.append(UInt8(ascii: "-"))
        appendTwoDigits(month, to: &text)
        text.append(UInt8(ascii: "-"))
        appendTwoDigits(day, to: &text)
        return text
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func decimal(_ digits: Span<UInt8>) -> Int64? {
    var value: Int64 = 0
    for index in digits.indices {
        guard isDigit(digits[index]) else { return nil }
        value = value * 10 + Int64(digits[index] - UInt8(ascii: "0"))
    }
    return value
}

/// Appends `value`, 0 to 99, in two digits.
private func appendTwoDigits(_ value: Int64, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "0") + UInt8(value / 10))
    text.append(UInt8(ascii: "0") + UInt8(value % 10))
}

/// Appends `year`, 0 or more, in four digits or as many as it takes.
private func appendYear(_ year: Int64, to text: inout [UInt8]) {
    if year > 9_999 { return text.append(contentsOf: String(year).utf8) }
    appendTwoDigits(year / 100, to: &text)
    appendTwoDigits(year % 100, to: &text)
}
