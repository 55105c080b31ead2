import Glibc

/// The weights of a logistic model.
public struct Coefficients: Hashable, Sendable {
    /// The log-odds where every term is 0.
    public let intercept: Double
    /// Log-odds for one more of each term.
    public let weights: [Double]

    func logOdds(_ matrix: Matrix, _ row: Int) -> Double { self.intercept + matrix.dot(row, self.weights) }
}

/// Fits logistic models by Newton's method: no randomness, and so the same weights from the same rows.
struct Logistic {
    private let matrix: Matrix
    private let labels: [Bool]
    private let size: Int
    /// Pulls weights to 0 so that no data, however few or separable, send them to infinity.
    private static let ridge = 1.0

    init(_ matrix: Matrix, _ labels: [Bool]) {
        precondition(labels.count == matrix.count)
        self.matrix = matrix
        self.labels = labels
        self.size = matrix.width + 1
    }

    /// The weights that the `rows` are likeliest under; `start` is where to look first.
    func fit(_ rows: [Int], from start: Coefficients? = nil) -> Coefficients {
        var point = start.map { [$0.intercept] + $0.weights } ?? Array(repeating: 0, count: self.size)
        var here = self.slope(at: point, rows)
        for _ in 0..<50 {
            let step = solve(here.curvature, here.gradient, size: self.size)
            var length = 1.0
            var there = zip(point, step).map { $0 + $1 }
            guard step.contains(where: { abs($0) > 1e-7 }) else {
                point = there
                break
            }
            var next = self.slope(at: there, rows)
            while next.objective < here.objective, length > 1e-6 {
                length /= 2
                there = zip(point, step).map { $0 + length * $1 }
                next = self.slope(at: there, rows)
            }
            (point, here) = (there, next)
        }
        return Coefficients(intercept: point[0], weights: Array(point[1...]))
    }

    private struct Slope {
        var objective = 0.0
        var gradient: [Double]
        var curvature: [Double]
    }

    /// The penalised log-likelihood at `point`, its gradient and its curvature.
    private func slope(at point: [Double], _ rows: [Int]) -> Slope {
        let size = self.size
        var slope = Slope(
            gradient: Array(repeating: 0, count: size), curvature: Array(repeating: 0, count: size * size))
        var values = Array(repeating: 1.0, count: size)
        // The logarithm of a product is taken once for many factors; each is at most 2.
        var (product, factors) = (1.0, 0)
        for row in rows {
            var sum = point[0]
            for column in 1..<size {
                values[column] = self.matrix[row, column - 1]
                sum += values[column] * point[column]
            }
            let rest = exp(-abs(sum))
            let chance = (sum > 0 ? 1 : rest) / (1 + rest)
            let label = self.labels[row] ? 1.0 : 0
            // ln(1 + e^x) without overflow.
            slope.objective += label * sum - max(sum, 0)
            product *= 1 + rest
            factors += 1
            if factors == 1_000 {
                slope.objective -= log(product)
                (product, factors) = (1, 0)
            }
            let weight = chance * (1 - chance)
            for i in 0..<size {
                slope.gradient[i] += values[i] * (label - chance)
                for j in 0...i { slope.curvature[i * size + j] += weight * values[i] * values[j] }
            }
        }
        slope.objective -= log(product)
        self.pull(&slope, at: point)
        return slope
    }

    /// Takes the ridge into account, and completes the symmetric curvature.
    private func pull(_ slope: inout Slope, at point: [Double]) {
        for i in 0..<size {
            if i > 0 {
                slope.objective -= Logistic.ridge * point[i] * point[i] / 2
                slope.gradient[i] -= Logistic.ridge * point[i]
            }
            slope.curvature[i * size + i] += i > 0 ? Logistic.ridge : 1e-9
            for j in 0..<i { slope.curvature[j * size + i] = slope.curvature[i * size + j] }
        }
    }
}

/// Solves `matrix` · x = `vector` by Cholesky's decomposition; the matrix is symmetric and positive.
private func solve(_ matrix: [Double], _ vector: [Double], size: Int) -> [Double] {
    var root = Array(repeating: 0.0, count: size * size)
    for i in 0..<size {
        for j in 0...i {
            var sum = matrix[i * size + j]
            for k in 0..<j { sum -= root[i * size + k] * root[j * size + k] }
            root[i * size + j] = i == j ? max(sum, 1e-12).squareRoot() : sum / root[j * size + j]
        }
    }
    var solution = vector
    for i in 0..<size {
        for k in 0..<i { solution[i] -= root[i * size + k] * solution[k] }
        solution[i] /= root[i * size + i]
    }
    for i in (0..<size).reversed() {
        for k in (i + 1)..<size { solution[i] -= root[k * size + i] * solution[k] }
        solution[i] /= root[i * size + i]
    }
    return solution
}
