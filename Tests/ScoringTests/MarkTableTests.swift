import Testing

@testable import Scoring

struct MarkTableTests {
    // 49,152 fill the largest table that is one.
    @Test(arguments: [4, 5_000, 49_151, 49_152, 49_153, 300_000])
    func `a key is found with the number it was first given, however many came after it`(count: Int) {
        var table = MarkTable()
        var generator = SystemRandomNumberGenerator()
        // 0 is a key like any other, and neighbours are no more alike than others.
        let keys = Array(Set([0, 1, 2, UInt64.max] + (4..<count).map { _ in generator.next() }))
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
