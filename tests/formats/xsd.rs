//! A validator for the part of XML Schema that `junit-10.xsd` uses. It panics at a part that it does not know: nothing in a
//! schema is passed over.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

/// What is wrong with a document by a schema; nothing if it is valid.
pub fn errors(schema: &str, document: &str) -> Vec<String> {
    let schema = Document::parse(schema).expect("the schema is XML");
    let document = match Document::parse(document) {
        Ok(document) => document,
        Err(error) => return vec![format!("this is no XML: {error}")],
    };
    let root = document.root_element();
    let mut errors = Vec::new();
    match global(&schema, "element", root.tag_name().name()) {
        Some(declared) => element(root, declared, &mut errors),
        None => errors.push(format!("no element {}", root.tag_name().name())),
    }
    errors
}

fn global<'a>(schema: &'a Document<'a>, kind: &str, name: &str) -> Option<Node<'a, 'a>> {
    let mut all = parts(schema.root_element());
    all.find(|node| node.tag_name().name() == kind && node.attribute("name") == Some(name))
}

fn element(node: Node<'_, '_>, declared: Node<'_, '_>, errors: &mut Vec<String>) {
    let at = |what: &str| format!("{}: {what}", node.tag_name().name());
    let named = declared.attribute("type");
    if named == Some("xs:string") {
        if node.attributes().len() > 0 || parts(node).next().is_some() {
            errors.push(at("is a text only"));
        }
        return;
    }
    let kind = match named {
        Some(name) => global(declared.document(), "complexType", name).expect("a complex type"),
        None => parts(declared).next().expect("a type"),
    };
    assert_eq!(kind.tag_name().name(), "complexType");
    attributes(node, kind, errors);
    let is_text = |child: &Node<'_, '_>| child.text().is_some_and(|text| !text.trim().is_empty());
    let has_text = node
        .children()
        .filter(Node::is_text)
        .any(|child| is_text(&child));
    if has_text && kind.attribute("mixed") != Some("true") {
        errors.push(at("has text"));
    }
    let children: Vec<_> = parts(node).collect();
    let names: Vec<&str> = children
        .iter()
        .map(|child| child.tag_name().name())
        .collect();
    let content = parts(kind).find(|part| part.tag_name().name() != "attribute");
    let ends = match content {
        Some(content) => repeated(content, &names, 0),
        None => BTreeSet::from([0]),
    };
    if !ends.contains(&names.len()) {
        errors.push(at(&format!("cannot have these children: {names:?}")));
    }
    for child in children {
        if let Some(declared) = declaration(kind, child.tag_name().name()) {
            element(child, declared, errors);
        }
    }
}

fn attributes(node: Node<'_, '_>, kind: Node<'_, '_>, errors: &mut Vec<String>) {
    let declared = || parts(kind).filter(|part| part.tag_name().name() == "attribute");
    for attribute in node.attributes() {
        let name = attribute.name();
        match declared().find(|part| part.attribute("name") == Some(name)) {
            Some(part) => assert_eq!(part.attribute("type"), Some("xs:string"), "{name}"),
            None => errors.push(format!("{}: no attribute {name}", node.tag_name().name())),
        }
    }
    for part in declared().filter(|part| part.attribute("use") == Some("required")) {
        let name = part.attribute("name").expect("a name");
        if node.attribute(name).is_none() {
            errors.push(format!("{}: {name} is missing", node.tag_name().name()));
        }
    }
}

/// The declaration of a child, as far as the children of `kind` go.
fn declaration<'a>(kind: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    let mut inner = kind.descendants();
    let found = inner.find(|part| {
        let is = |attribute| part.attribute(attribute) == Some(name);
        part.tag_name().name() == "element" && (is("name") || is("ref"))
    })?;
    match found.attribute("ref") {
        Some(name) => global(found.document(), "element", name),
        None => Some(found),
    }
}

/// Where in `names` the repetitions of a particle that begin at `from` can end.
fn repeated(particle: Node<'_, '_>, names: &[&str], from: usize) -> BTreeSet<usize> {
    let least: usize = particle
        .attribute("minOccurs")
        .map_or(1, |text| text.parse().expect("a number"));
    let unbounded = particle.attribute("maxOccurs") == Some("unbounded");
    assert!(unbounded || particle.attribute("maxOccurs").is_none());
    assert!(least <= 1);
    let mut ends = BTreeSet::new();
    if least == 0 {
        ends.insert(from);
    }
    let mut open = vec![from];
    while let Some(from) = open.pop() {
        for end in once(particle, names, from) {
            if ends.insert(end) && unbounded {
                open.push(end);
            }
        }
    }
    ends
}

fn once(particle: Node<'_, '_>, names: &[&str], from: usize) -> BTreeSet<usize> {
    match particle.tag_name().name() {
        "element" => {
            let name = particle.attribute("ref").or(particle.attribute("name"));
            let fits = names.get(from).copied() == name;
            fits.then_some(from + 1).into_iter().collect()
        }
        "choice" => parts(particle)
            .flat_map(|part| repeated(part, names, from))
            .collect(),
        "sequence" => parts(particle).fold(BTreeSet::from([from]), |ends, part| {
            ends.into_iter()
                .flat_map(|from| repeated(part, names, from))
                .collect()
        }),
        other => panic!("{other} is not known"),
    }
}

fn parts<'a, 'b>(node: Node<'a, 'b>) -> impl Iterator<Item = Node<'a, 'b>> {
    node.children().filter(Node::is_element)
}
