// Khronos' validator over GLB files: no error, no warning. Called by tests/formats.
const fs = require('fs');
const path = require('path');
const validator = require('gltf-validator');

(async () => {
  let bad = 0;
  let triangles = 0;
  const files = process.argv.slice(2);
  for (const file of files) {
    const report = await validator.validateBytes(new Uint8Array(fs.readFileSync(file)), { uri: path.basename(file) });
    triangles += report.info.totalTriangleCount;
    if (report.issues.numErrors + report.issues.numWarnings > 0) {
      bad++;
      console.log(path.basename(file), report.issues.messages.filter(m => m.severity < 2).slice(0, 3).map(m => `${m.code} ${m.message}`));
    }
  }
  console.log(`${files.length} files, ${triangles} triangles, ${bad} with errors or warnings`);
  process.exit(bad || files.length === 0 ? 1 : 0);
})();
