package dev.rivulet.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** Runs the selected benchmarks and writes their results to a Markdown page. */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs each benchmark and writes its section as soon as it has finished.
     *
     * @param args the path of the page; comma-separated names of parts, or {@code all}; optionally a Python interpreter
     *     that has PyTorch Lightning
     */
    public static void main(String[] args) throws Exception {
        Page page = Page.read(Path.of(args[0]));
        String python = args.length > 2 ? args[2].strip() : "";
        for (Part part : Part.choose(args[1])) {
            String environment = environment();
            String section = part.measure(python).strip() + "\n\n" + environment;
            page.put(part, section);
            page.write();
            System.out.println(part.heading() + "\n\n" + section + "\n");
        }
    }

    private static String environment() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return String.format(
                Locale.ROOT,
                "*%s; %d cores, %s; JDK %s (%s); load %s before.*",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                load < 0 ? "unknown" : String.format(Locale.ROOT, "%.1f", load));
    }
}
