// Decodes every point of a LAZ file with laz-perf and compares count and bounds with the file's own header, and the count with that of
// the PLY beside it. (A decoder alone proves little: some read a damaged file without a word.) Called by tests/formats.
const fs = require('fs');
const { Las } = require('copc');

(async () => {
  const [file, ply] = process.argv.slice(2);
  const bytes = new Uint8Array(fs.readFileSync(file));
  const header = Las.Header.parse(bytes.slice(0, 375));
  const view = Las.View.create(await Las.PointData.decompressFile(bytes), header);
  const get = ['X', 'Y', 'Z'].map(axis => view.getter(axis));
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < view.pointCount; i++) {
    get.forEach((read, axis) => {
      low[axis] = Math.min(low[axis], read(i));
      high[axis] = Math.max(high[axis], read(i));
    });
  }
  const inPly = Number(/element vertex (\d+)/.exec(fs.readFileSync(ply).subarray(0, 400).toString('latin1'))[1]);
  const near = (a, b, axis) => Math.abs(a - b) <= 1.01 * header.scale[axis];
  const good = view.pointCount === header.pointCount && header.pointCount === inPly && inPly > 0
    && low.every((x, axis) => near(x, header.min[axis], axis)) && high.every((x, axis) => near(x, header.max[axis], axis));
  console.log(`LAS ${header.majorVersion}.${header.minorVersion} format ${header.pointDataRecordFormat}: ${view.pointCount} points decoded, ${header.pointCount} promised, ${inPly} in the PLY, ${(bytes.length / inPly).toFixed(1)} bytes each`);
  if (!good) console.log({ low, high, min: header.min, max: header.max });
  process.exit(good ? 0 : 1);
})();
