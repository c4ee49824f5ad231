package dev.weir.loadtest.simulation;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Arguments, and what comes of them. */
@Command(
        name = "simulate-grid",
        description = {
            "Simulates many scenarios, each with several seeds, and counts in how many of them the shared load is better or",
            "worse than local counting, with 95 % confidence: numbers of nodes and backends, short and long requests, light",
            "and heavy load, even and uneven traffic. Requests of 500 ms and more are heavy-tailed."
        },
        showDefaultValues = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "2:bad usage"})
public final class GridCommand implements Callable<Integer> {
    private static final double LONG_MILLIS = 500;
    private static final double LEAST_SECONDS = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private CommandSpec spec;

    @Option(names = "--strategies", paramLabel = "NAME", split = ",", defaultValue = "least-requests")
    private List<String> strategies = List.of();

    @Option(names = "--nodes", paramLabel = "N", split = ",", defaultValue = "2,3,5,10,30,100")
    private List<Integer> nodes = List.of();

    @Option(names = "--backends", paramLabel = "N", split = ",", defaultValue = "10,100")
    private List<Integer> backends = List.of();

    @Option(names = "--service", paramLabel = "MS", split = ",", defaultValue = "5,50,500")
    private List<Double> services = List.of();

    @Option(names = "--utilisation", paramLabel = "U", split = ",", defaultValue = "0.3,0.8")
    private List<Double> utilisations = List.of();

    @Option(
            names = "--skew",
            paramLabel = "S",
            split = ",",
            description = "Node n gets traffic as n^-S.",
            defaultValue = "0,1.7")
    private List<Double> skews = List.of();

    @Option(names = "--seeds", paramLabel = "N", description = "How many.", defaultValue = "5")
    private int seeds;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Of each simulation; no less than come in 5 s.",
            defaultValue = "20000")
    private int requests;

    @Override
    public Integer call() {
        check();
        PrintWriter out = spec.commandLine().getOut();
        String row = "%-15s %5s %8s %6s  %-28s %-28s %6s%n";
        out.printf(row, "", "", "", "", "in flight: CV", "p99 latency", "burst");
        out.printf(
                row,
                "strategy",
                "nodes",
                "service",
                "cells",
                "ratio  better  open  worse",
                "ratio  better  open  worse",
                "ratio");
        for (String strategy : strategies) {
            for (int count : nodes) {
                for (double service : services) {
                    List<Cell> cells = cells(strategy, count, service);
                    out.printf(
                            row,
                            strategy,
                            count,
                            String.format(Locale.ROOT, "%.0f ms", service),
                            cells.size(),
                            summary(cells, Result::variation),
                            summary(cells, Result::p99Millis),
                            String.format(Locale.ROOT, "%.2f", ratio(cells, Result::burst)));
                    out.flush();
                }
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private List<Cell> cells(String strategy, int count, double service) {
        List<Cell> cells = new ArrayList<>();
        for (int size : backends) {
            for (double utilisation : utilisations) {
                for (double skew : skews) {
                    Cell cell = new Cell();
                    for (int seed = 1; seed <= seeds; seed++) {
                        Scenario scenario = scenario(strategy, count, size, service, utilisation, skew, seed);
                        cell.add(simulate(scenario), simulate(scenario.with(strategy, Knowledge.SHARED)));
                    }
                    cells.add(cell);
                }
            }
        }
        return cells;
    }

    private static Scenario scenario(
            String strategy, int nodes, int backends, double service, double utilisation, double skew, long seed) {
        Work work = service >= LONG_MILLIS ? Work.HEAVY : Work.EXPONENTIAL;
        return new Scenario(
                strategy,
                Knowledge.LOCAL,
                nodes,
                backends,
                skew,
                Server.Discipline.PS,
                4,
                service,
                work,
                0.2,
                3,
                utilisation,
                100,
                0,
                seed);
    }

    private Result simulate(Scenario scenario) {
        Simulation simulation = new Simulation(scenario);
        simulation.run(3 + 10 * scenario.serviceMillis() / TimeUnit.SECONDS.toMillis(1));
        return simulation.run(Math.max(LEAST_SECONDS, requests / scenario.rate() / TimeUnit.SECONDS.toNanos(1)));
    }

    private static String summary(List<Cell> cells, ToDoubleFunction<Result> figure) {
        return String.format(
                Locale.ROOT,
                "%.3f  %6d %5d %6d",
                ratio(cells, figure),
                count(cells, figure, Cell.Verdict.BETTER),
                count(cells, figure, Cell.Verdict.OPEN),
                count(cells, figure, Cell.Verdict.WORSE));
    }

    private static double ratio(List<Cell> cells, ToDoubleFunction<Result> figure) {
        return Math.exp(cells.stream()
                .mapToDouble(cell -> cell.logRatio(figure))
                .average()
                .orElseThrow());
    }

    private static long count(List<Cell> cells, ToDoubleFunction<Result> figure, Cell.Verdict verdict) {
        return cells.stream().filter(cell -> cell.verdict(figure) == verdict).count();
    }

    private void check() {
        strategies.forEach(name -> require(Node.knows(name), "--strategies", name, "some of " + Node.strategies()));
        nodes.forEach(count -> require(count >= 2 && count <= 100, "--nodes", count, "2 to 100"));
        backends.forEach(count -> require(count >= 2 && count <= 1000, "--backends", count, "2 to 1000"));
        services.forEach(time -> require(time >= 1 && time <= 60_000, "--service", time, "1 to 60000"));
        utilisations.forEach(
                share -> require(share > 0 && share < 1, "--utilisation", share, "more than 0, less than 1"));
        skews.forEach(skew -> require(skew >= 0 && skew <= 10, "--skew", skew, "0 to 10"));
        require(seeds >= 2 && seeds <= 10, "--seeds", seeds, "2 to 10");
        require(requests >= 1_000 && requests <= 10_000_000, "--requests", requests, "1000 to 10000000");
    }

    private void require(boolean condition, String what, Object value, String expected) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), what + ": " + value + " (expected: " + expected + ")");
        }
    }
}
