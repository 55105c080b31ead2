/// An issue, or a change with its reviews, and what happened to it in the order in which it did.
struct ForgeItem {
    let item: Place
    /// Nil of an issue.
    let reviews: [Place]?
    let timeline: [Place]
    /// The answer that speaks for it.
    let bytes: [UInt8]
}
