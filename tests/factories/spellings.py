"""Spellings of Khmer and Latin words that a reader takes for the same, as registers and keyboards bring them."""

# (as it is registered, as somebody types it)
TRAPS = [
    ("កណ្ដាល", "កណ្តាល"),  # coeng DA and TA
    ("ស្ត្រី", "ស្រ្តី"),  # coeng RO typed first
    ("ចន្ទ្រា", "ចន្រ្ទា"),
    ("កុំព្យូទ័រ", "កំុព្យូទ័រ"),  # sign before vowel
    ("ស្រីមុំ", "សី្រមុំ"),  # vowel before the coeng
    ("ស្រ៊ុន", "ស៊្រុន"),  # sign of the register before the coeng
    ("ហ៊ុន", "ហុ៊ន"),  # vowel before the sign of the register
    ("ស៊ីម", "សុីម"),  # the sign is drawn as this vowel
    ("ស៊ីម", "សី៊ម"),
    ("ម៉ី", "មុី"),
    ("កើត", "ក\u17c1\u17b8ត"),  # one vowel typed as the two that it looks like
    ("កោះ", "ក\u17c1\u17b6ះ"),
    ("ខ្ញុំ", "ខ្ញំុ"),
    ("ចាន់ដារ៉ា", "ចាន់\u200bដារ៉ា"),  # zero-width signs
    ("ចាន់ដារ៉ា", "ចាន់\u200c\u200d\ufeff\u2060ដារ៉ា"),
    ("ការ", "កា\u17b4រ"),  # a vowel that nobody sees
    ("ឱ្យ", "ឲ្យ"),
    ("អាង", "\u17a4ង"),  # a letter that is used no more
    ("សាលា១២", "សាលា12"),
    ("Sok", "ＳＯＫ"),
    ("José", "Jose\u0301"),
    ("Chandara", "\u202ecHANDARA"),
]

# Signs that steer a browser or a printer: a search looks past them, a file that holds one is sent back.
NEVER_IN_A_FILE = "\ufeff\u2060\u202e"
