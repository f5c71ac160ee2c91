// node validate_glb.cjs FILE.glb...: what the Khronos validator says of each file, one line of JSON each.
const fs = require("fs");
const validator = require("gltf-validator");

(async () => {
  for (const path of process.argv.slice(2)) {
    const bytes = new Uint8Array(fs.readFileSync(path));
    const report = await validator.validateBytes(bytes, { maxIssues: 1000 });
    const found = report.issues.messages.filter((message) => message.severity < 2);
    console.log(JSON.stringify(found.map((m) => `${m.code} ${m.pointer ?? ""}: ${m.message}`)));
  }
})();
