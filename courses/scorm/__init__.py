"""SCORM 1.2 packages: checked, unpacked, served into a sandbox, and heard without being believed."""
