/// Rows of equally many numbers, one after the other.
struct Matrix {
    let width: Int
    private(set) var values: [Double] = []

    init(width: Int) { self.width = width }

    var count: Int { self.width == 0 ? 0 : self.values.count / self.width }

    mutating func append(_ row: [Double]) {
        precondition(row.count == self.width)
        self.values += row
    }

    subscript(row: Int, column: Int) -> Double { self.values[row * self.width + column] }

    func row(_ row: Int) -> [Double] { Array(self.values[row * self.width..<(row + 1) * self.width]) }

    /// The sum of the products of `row` with `weights`.
    func dot(_ row: Int, _ weights: [Double]) -> Double {
        var sum = 0.0
        for column in 0..<self.width { sum += self.values[row * self.width + column] * weights[column] }
        return sum
    }

    /// The same rows with the `columns` alone.
    func columns(_ columns: [Int]) -> Matrix {
        var matrix = Matrix(width: columns.count)
        for row in 0..<self.count { matrix.append(columns.map { self[row, $0] }) }
        return matrix
    }
}
