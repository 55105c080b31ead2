import Testing

@testable import Scoring

struct MarkTableTests {
    @Test func `a key is found with the number it was first given, however many came after it`() {
        var table = MarkTable()
        var generator = SystemRandomNumberGenerator()
        // 0 is a key like any other, and neighbours are no more alike than others.
        let keys = Array(Set([0, 1, 2, UInt64.max] + (0..<5_000).map { _ in generator.next() }))
        for (number, key) in keys.enumerated() {
            #expect(table[key] == nil)
            #expect(table.known(key, orFrom: number) == nil)
            #expect(table.known(key, orFrom: number + 1) == number)
        }
        for (number, key) in keys.enumerated() { #expect(table[key] == number) }
        #expect(table[generator.next()] == nil)
    }

    @Test func `a copy goes its own way`() {
        var table = MarkTable()
        _ = table.known(7, orFrom: 1)
        let copy = table
        _ = table.known(8, orFrom: 2)
        #expect(copy[7] == 1)
        #expect(copy[8] == nil)
        #expect(table[8] == 2)
    }
}
