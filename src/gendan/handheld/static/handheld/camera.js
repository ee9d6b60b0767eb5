/* The camera as a scanner. The decoder says which kind of code it was: without that, a GS1 code looks like any number. */
(function () {
  "use strict";
  const { boot } = window.hand;
  const FORMATS = ["Code128", "EAN13", "EAN8", "UPCA", "UPCE", "ITF", "DataBar", "DataMatrix", "QRCode"];
  const SAME = 1500; /* the same code counts again after it was away for so long */
  let reader = null;
  const load = () => reader || (reader = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = boot.decoder[0];
    script.onload = () => {
      window.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => boot.decoder[1] }, fireImmediately: true }).then(() => resolve(window.ZXingWASM), reject);
    };
    script.onerror = () => { reader = null; reject(new Error("decoder")); };
    document.head.append(script);
  }));

  let stream = null;
  const camera = (window.hand.camera = { on: false });
  camera.stop = () => {
    camera.on = false;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
  };
  camera.start = async (video, found) => {
    if (!navigator.mediaDevices?.getUserMedia) return false;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } });
    } catch {
      return false;
    }
    camera.on = true;
    video.srcObject = stream;
    await video.play();
    const decoder = await load();
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let last = "";
    let seen = 0;
    const look = async () => {
      if (!camera.on) return;
      if (video.videoWidth && !document.hidden) {
        const scale = Math.min(1, 1280 / video.videoWidth);
        canvas.width = Math.round(video.videoWidth * scale);
        canvas.height = Math.round(video.videoHeight * scale);
        context.drawImage(video, 0, 0, canvas.width, canvas.height);
        const hits = await decoder.readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), { formats: FORMATS, maxNumberOfSymbols: 1, textMode: "Plain", tryHarder: true }).catch(() => []);
        const hit = hits.find((each) => each.isValid !== false && each.text);
        if (hit) {
          const code = hit.contentType === "GS1" ? hit.symbologyIdentifier + hit.text : hit.text;
          const now = performance.now();
          if (code !== last || now - seen > SAME) found(code);
          last = code;
          seen = now;
        }
      }
      setTimeout(look, 120);
    };
    look();
    return true;
  };
})();
