/// A word of a short list that is known when the program is written: the name of a member, or a value that is one of a few.
///
/// A fact is mostly such words. They are found by the bytes they are written in: making a `String` of each only to compare it
/// with others took a third of the reading.
public protocol JSONWord: RawRepresentable<String>, CaseIterable, Sendable {
    /// All of the words, made once.
    static var vocabulary: Vocabulary<Self> { get }
}

/// All words of a list, 64 at most, as a reader finds them.
public struct Vocabulary<Word: JSONWord>: Sendable {
    @usableFromInline let words: [Word]
    @usableFromInline let spellings: Spellings

    /// Every `Word`.
    public init() {
        self.words = Array(Word.allCases)
        self.spellings = Spellings(self.words.map(\.rawValue))
    }
}

/// How words are written, by their lengths.
@usableFromInline
struct Spellings: Sendable {
    /// The bytes of all, the shortest first.
    private var bytes: [UInt8] = []
    /// In the same order, the place each has among the words.
    private var places: [Int] = []
    /// For each length, and the one after the greatest, how many words are shorter, and where in `bytes` they end.
    private var shorter: [(count: Int, end: Int)] = []

    init(_ words: [String]) {
        precondition(words.count <= SeenNames.mostKnown, "of more words a reader cannot tell which it has had")
        for length in 0...(words.map(\.utf8.count).max() ?? 0) + 1 {
            self.shorter.append((self.places.count, self.bytes.count))
            for (place, word) in words.enumerated() where word.utf8.count == length {
                self.places.append(place)
                self.bytes += word.utf8
            }
        }
    }

    /// The place of the word that is written as `text`, nil when none is.
    func place(of text: Span<UInt8>) -> Int? {
        guard text.count + 1 < self.shorter.count else { return nil }
        var start = self.shorter[text.count].end
        for candidate in self.shorter[text.count].count..<self.shorter[text.count + 1].count {
            if self.isWritten(text, at: start) { return self.places[candidate] }
            start += text.count
        }
        return nil
    }

    private func isWritten(_ text: Span<UInt8>, at start: Int) -> Bool {
        for index in text.indices where self.bytes[start + index] != text[index] { return false }
        return true
    }
}

/// The names an object has had so far.
@usableFromInline
struct SeenNames {
    /// How many words of a vocabulary can be told apart.
    static let mostKnown = 64

    private var known: UInt64 = 0
    private var others: Set<String> = []

    @usableFromInline
    init() {}

    /// Takes `name` in; false when it was there.
    mutating func insert(_ name: JSONReader.Spelled) -> Bool {
        switch name {
        case .word(let place):
            let bit: UInt64 = 1 << UInt64(place)
            defer { self.known |= bit }
            return self.known & bit == 0
        case .other(let name): return self.others.insert(name).inserted
        }
    }
}
