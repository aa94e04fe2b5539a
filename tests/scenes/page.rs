//! A page of scenes: each has a title, some prose, and a list of what happens.

/// One scene.
pub(crate) struct Scene {
    /// What it shows.
    pub(crate) title: String,
    /// The list, line by line.
    pub(crate) lines: Vec<String>,
}

impl Scene {
    /// Who is away, from the first line if it says so: `Afwezig: <who>, <first day> tot en met <last day>`.
    pub(crate) fn away(&self) -> Option<&str> {
        self.lines.first()?.strip_prefix("- Afwezig: ")
    }

    /// What people do, with the moment: the lines in bold.
    pub(crate) fn acts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().filter_map(|line| line.strip_prefix("- ")?.strip_suffix(".**")?.split_once(": **"))
    }
}

/// The scenes of a page.
pub(crate) fn scenes(text: &str) -> Vec<Scene> {
    let scene = |part: &str| {
        let (title, rest) = part.split_once('\n').unwrap();
        let listed = |line: &&str| line.trim_start().starts_with("- ");
        Scene { title: title.to_owned(), lines: rest.lines().filter(listed).map(str::to_owned).collect() }
    };
    text.split("\n## ").skip(1).map(scene).collect()
}
