/// A list of a forge that is read page by page, and passed over whole when its first page has not changed.
struct PagedList {
    /// Where it goes on; nil at its beginning.
    private(set) var page: String?
    /// The tag of its first page, to be kept once the list is through.
    private(set) var tag: String?
    /// Its pages so far: a list that leads in circles has no end.
    private var turned: Set<String> = []

    /// At the beginning, or where an earlier reading stopped.
    init(at page: String? = nil) { self.page = page }

    /// The page to be asked for, of a list that begins at `first`; and the tag with which it is asked for, where an earlier
    /// reading kept `tag` of the first.
    func next(_ first: String, knowing tag: String?) -> (address: String, tag: String?) {
        (self.page ?? first, self.page == nil ? tag : nil)
    }

    /// Turns over the page at `address`, which `answer` is, and says whether it was the last.
    ///
    /// - Throws: `RemoteError` when it was turned over before.
    mutating func turn(_ answer: RestAnswer, at address: String) throws(RemoteError) -> Bool {
        if self.page == nil { self.tag = answer.tag }
        guard self.turned.insert(address).inserted else {
            throw RemoteError(address: ForgeAddress.short(address), reason: "the list has no end")
        }
        self.page = answer.next
        return self.page == nil
    }
}
