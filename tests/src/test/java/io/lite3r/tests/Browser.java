package io.lite3r.tests;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Headless Chromium on the console's page, with WebGL in software. */
final class Browser implements AutoCloseable {
  private final ChromeDriver driver;

  Browser() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(onThePath("chromium").toFile());
    options.addArguments(
        List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader",
            "--window-size=1000,640"));
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(onThePath("chromedriver").toFile())
                .build(),
            options);
  }

  private static Path onThePath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no %s on the PATH; the page is tested in Chromium: apt-get install -y chromium chromium-driver"
                        .formatted(program)));
  }

  void open(String address) {
    driver.get(address);
  }

  /** Waits for an expression of the page; fails with what the page says instead. */
  void await(String expression, Duration limit) {
    Await.until(
        expression,
        limit,
        () -> Boolean.TRUE.equals(script(expression)),
        () -> "the page says: " + script("document.body.innerText"));
  }

  void resize(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
  }

  /** A PNG of the page as it is. */
  byte[] picture() {
    return driver.getScreenshotAs(OutputType.BYTES);
  }

  Object script(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** What the 3D view says is on show: version, triangles, cameras. */
  Map<?, ?> shown() {
    return (Map<?, ?>) script("Object.assign({}, document.getElementById('canvas').dataset)");
  }

  @Override
  public void close() {
    driver.quit();
  }
}
