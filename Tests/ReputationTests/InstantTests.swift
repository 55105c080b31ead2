import Reputation
import Testing

@Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2015-01-01T15:00:01Z", 1_420_124_401), ("2014-02-15T00:04:08-08:00", 1_392_451_448),
    ("2014-02-15 08:04:08Z", 1_392_451_448), ("2014-02-15T13:34:08.999+05:30", 1_392_451_448),
    ("2000-02-29T00:00:00Z", 951_782_400), ("2038-01-19T03:14:08Z", 2_147_483_648),
    ("9999-12-31T23:59:59Z", 253_402_300_799),
])
func `times of RFC 3339 are read with their offset`(text: String, seconds: Int64) {
    #expect(Instant(rfc3339: text)?.seconds == seconds)
}

@Test(arguments: [
    "", "2015-01-01", "2015-01-01T15:00:01", "2015-01-01T15:00:01z", "2015-02-29T00:00:00Z", "1900-01-01T00:00:00Z",
    "2015-13-01T00:00:00Z", "2015-00-01T00:00:00Z", "2015-01-00T00:00:00Z", "2015-01-01T24:00:00Z",
    "2015-01-01T00:60:00Z", "2015-06-30T23:59:60Z", "2015-01-01T00:00:00.Z", "2015-01-01T00:00:00+0100",
    "2015-01-01T00:00:00+25:00", "2015-01-01T00:00:00ZZ", "2015/01/01T00:00:00Z", "２015-01-01T00:00:00Z",
])
func `what is no time of RFC 3339 is not read`(text: String) {
    #expect(Instant(rfc3339: text) == nil)
}

@Test func `a time is written as it is read`() {
    for seconds in stride(from: Int64(0), to: 253_402_300_800, by: 98_765_431) {
        let instant = Instant(seconds: seconds)
        #expect(Instant(rfc3339: instant.rfc3339) == instant)
        #expect(instant.day.start <= instant && instant.seconds - instant.day.start.seconds < 86_400)
    }
}

@Test func `a moment before 1970 lies in the day before`() {
    #expect(Instant(seconds: -1).day == Day(number: -1))
    #expect(Instant(seconds: -86_400).day == Day(number: -1))
    #expect(Instant(seconds: -86_401).day == Day(number: -2))
}

@Test func `the calendar goes on day by day from 1970 to 9999`() {
    var day = Day(number: 0)
    var (year, month, date) = day.civil
    #expect((year, month, date) == (1970, 1, 1))
    while year < 2201 {
        day = Day(number: day.number + 1)
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        date += 1
        if date > length[Int(month - 1)] { (month, date) = (month + 1, 1) }
        if month > 12 { (year, month) = (year + 1, 1) }
        guard day.civil == (year, month, date), Day(day.description) == day else {
            Issue.record("day \(day.number) is \(day), not \(year)-\(month)-\(date)")
            return
        }
    }
    #expect(Day("9999-12-31")?.description == "9999-12-31")
}

@Test(arguments: ["2015-02-30", "2015-2-3", "15-02-03", "2015-02-03 ", "+015-02-03", "2015-02-3x", "1969-12-31"])
func `what is no date of the calendar is not read`(text: String) { #expect(Day(text) == nil) }

@Test func `quarters count from 1970 and change with the month`() {
    #expect(Day("1970-03-31")?.quarter == 0)
    #expect(Day("1970-04-01")?.quarter == 1)
    #expect(Day("2015-12-31")?.quarter == 183)
    #expect(Day("2015-01-01")!.age(asOf: Day("2016-01-01")!) == 365)
}
