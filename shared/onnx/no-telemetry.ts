/**
 * Loaded before ONNX Runtime: on Linux and macOS it writes a device id and events of its use below the home directory and
 * sends them to its maker, unless the environment says otherwise when it is loaded.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
