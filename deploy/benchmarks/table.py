"""The figures as a person reads them, and the few that targets are set for."""

from stages import SHORT

# What, the figure, its unit, must, stretch; more is better for a rate, less for a time.
TARGETS = [
    ("single POST, integrated", "single_per_s", "/s", 8_000, 13_000),
    ("batch of 1,000", "batch_per_s", "/s", 40_000, 80_000),
    ("add to integrated, p50", "integrated_p50_ms", "ms", 60, None),
    ("add to integrated, p99", "integrated_p99_ms", "ms", 300, 150),
    ("add to published, 1 witness, p99", "published_p99_ms", "ms", 1_500, 1_100),
    ("inclusion proof, p50", "proof_p50_ms", "ms", 1, None),
    ("inclusion proof, p99", "proof_p99_ms", "ms", 5, 2),
    ("cold start", "cold_start_s", "s", 2, None),
]


def targets(figures):
    """The figures with a target, and PostgreSQL's beside them."""
    return {
        "single_per_s": round(figures["single"]["facts_per_s"]),
        "batch_per_s": round(figures["batch"]["facts_per_s"]),
        "integrated_p50_ms": round(figures["integrated"]["p50_ms"], 2),
        "integrated_p99_ms": round(figures["integrated"]["p99_ms"], 2),
        "published_p99_ms": round(figures["published"]["p99_ms"], 2),
        "proof_p50_ms": round(figures["proof"]["p50_ms"], 3),
        "proof_p99_ms": round(figures["proof"]["p99_ms"], 3),
        "cold_start_s": figures["cold_start"]["database_running_s"],
        "pg_single_batch_per_s": round(figures["pg_single"]["per_s"]),
        "pg_batch_per_s": round(figures["pg_batch"]["per_s"]),
    }


def machine(limits):
    print(
        f"{limits['cores']} cores, load {limits['load']:.1f} before we began (rates are of this machine as busy as it "
        f"is; CPU time a fact is less moved by it)\nfsync of 8 KiB {limits['fsync_us']} us; on one core "
        f"{limits['sha256_per_s']:,} SHA-256 of 65 bytes/s, {limits['ed25519_sign_per_s']:,} Ed25519 signatures/s, "
        f"{limits['ed25519_verify_per_s']:,} verifications/s", flush=True)


def memory(held):
    if held["page_us"]:
        print("{:g} GB of memory brought back in {} s: the first touch of a page took {} to {} us".format(
            held["gb"], held["s"], *held["page_us"]), flush=True)


def settled(figures):
    return (
        f"after {figures['s']} s the host kept {figures['stolen']:.1%} of the processors at most, which together did "
        f"{figures['sha256_per_s']:,} SHA-256 of 65 bytes/s")


def size(figures):
    reached = targets(figures)
    beside = {
        "single_per_s": figures["pg_single"], "batch_per_s": figures["pg_batch"],
        "tile": figures["tile"]["pgbench_tps"],
    }
    line("", "measured", "must", "stretch", "", "PostgreSQL", "ratio")
    for name, key, unit, must, stretch in TARGETS:
        value = reached[key]
        good = value >= must if unit == "/s" else value <= must
        own = beside.get(key)
        line(
            name, amount(value, unit), amount(must, unit), amount(stretch, unit), "met" if good else "MISSED",
            amount(own and own["per_s"], "/s"), f"{value / own['per_s']:.2f}" if own else "")
    tile = figures["tile"]
    short, own = figures["short"]["facts_per_s"], figures["pg_short"]["per_s"]
    line(f"batch, documents of {SHORT} bytes", amount(short, "/s"), "", "", "", amount(own, "/s"), f"{short / own:.2f}")
    line("the same batch again", amount(figures["known"]["facts_per_s"], "/s"))
    line(
        "full tiles, 64 connections", amount(tile["per_s"], "/s"), "", "", "", amount(tile["pgbench_tps"], "/s"),
        f"{tile['per_s'] / tile['pgbench_tps']:.2f}")
    line("checkpoint, 64 connections", amount(figures["checkpoint"]["per_s"], "/s"))
    line("inclusion proofs, 16 connections", amount(figures["proof_capacity"]["requests_per_s"], "/s"))
    for how in ("index", "hash"):
        own = figures[f"beside_{how}"]
        line(
            f"proof by {how} beside batches", amount(own["p50_ms"], "ms"), amount(own["p99_ms"], "ms"),
            amount(own["facts_per_s"], "/s"))
    line("cold start, database stopped", amount(figures["cold_start"]["database_stopped_s"], "s"))
    warming = figures["warming"]
    line("read in after a start: pages", f"{warming['pages'] / 1e6:,.0f} MB")
    line("read in after a start: indexes", f"{warming['indexes'] / 1e6:,.0f} MB")
    line("read in after a start: tiles", f"{warming['tiles'] / 1e6:,.0f} MB", f"{warming['s']:.1f} s")
    line("resident memory, then the most", *(f"{megabytes} MB" for megabytes in figures["memory_mb"]))
    for name in ("single", "integrated", "batch", "short", "known", "published"):
        batches(name, figures[name])
    own = figures["proof"]
    print(f"  before reads: {settled(figures['settled_before_reads'])}")
    print(f"  proof      max {own['max_ms']:.0f} ms; {cpu(figures['proof_capacity'])} a proof{stolen(own)}")
    for name in ("pg_single", "pg_batch", "pg_short"):
        own = figures[name]
        print(
            f"  {name:10} {own['batch_size']} rows a commit, {own['commits_per_s']} commits/s, commit p99 "
            f"{own['p99_ms']} ms")


def batches(name, report):
    print(
        f"  {name:10} {report['batch_size']} facts a commit, {report['commits_per_s']} commits/s, "
        f"p50 {report['p50_ms']:.2f} ms, p99 {report['p99_ms']:.2f} ms, max {report['max_ms']:.0f} ms; "
        f"{cpu(report)} a fact{stolen(report)}")


def cpu(report):
    return "CPU us: " + ", ".join(f"{who} {used}" for who, used in report["cpu_us"].items())


def stolen(report):
    return f"; {report['stolen_ms']} ms of processor stolen by the host" if report["stolen_ms"] else ""


def line(name, *cells):
    print(f"  {name:34}" + "".join(f"{cell:>12}" for cell in cells))


def amount(value, unit):
    if value is None:
        return ""
    if unit == "/s":
        return f"{value:,.0f}/s"
    return f"{value:,.2f} {unit}" if value < 100 else f"{value:,.0f} {unit}"
