package io.lite3r.console.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Headless Chromium with WebGL in software, as a machine without a graphics card has it. */
final class Browser implements AutoCloseable {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  static Browser open(int width, int height, String... arguments) {
    if (!Files.isExecutable(CHROMIUM) || !Files.isExecutable(DRIVER)) {
      throw new IllegalStateException(
          "the page is tested in Chromium: apt-get install -y chromium chromium-driver");
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    List<String> all =
        new ArrayList<>(
            List.of(
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--window-size=" + width + "," + height));
    all.addAll(List.of(arguments));
    options.addArguments(all);
    var service = new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    return new Browser(driver);
  }

  ChromeDriver driver() {
    return driver;
  }

  /** Waits until an expression of the page is true; fails with what the page says instead. */
  void await(String condition) {
    new WebDriverWait(driver, Duration.ofSeconds(20))
        .withMessage(() -> condition + " — the page says: " + script("document.body.innerText"))
        .until(page -> Boolean.TRUE.equals(script(condition)));
  }

  Object script(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** An attribute of the canvas that says what is on show. */
  String shown(String name) {
    return String.valueOf(script("document.getElementById('canvas').dataset." + name));
  }

  byte[] picture(String name) {
    byte[] png = driver.getScreenshotAs(OutputType.BYTES);
    try {
      Path folder = Files.createDirectories(Path.of("target/pictures"));
      Files.write(folder.resolve(name + ".png"), png);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return png;
  }

  /** What the browser complained about. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getMessage())
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
